"""Which files a location names, and the name each goes by."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipelines.connectors.locations import named_files
from pipelines.errors import CrossvoiceError, SourceError
from tests.unit.connectors.homes import Home, source


def names(home: Home, location: str | list[str]) -> list[str]:
    return list(named_files(source(location=location), home.settings))


@pytest.fixture
def filled(home: Home) -> Home:
    for name in ("in/a.csv", "in/b.csv", "in/2024/a.csv", "in/2025/a.csv", "other/a.csv", "a.csv",
                 "in/.a.csv.swp.csv", "in/~$a.csv", "in/notes [1].csv"):  # fmt: skip
        home.write(name, "x")
    return home


@pytest.mark.parametrize(
    ("location", "wanted"),
    [
        ("in/a.csv", ["a.csv"]),
        ("in/?.csv", ["a.csv", "b.csv"]),
        ("in/*/a.csv", ["2024/a.csv", "2025/a.csv"]),
        ("in/**/a.csv", ["2024/a.csv", "2025/a.csv", "a.csv"]),
        (["in/a.csv", "other/a.csv"], ["in/a.csv", "other/a.csv"]),
        (["in/?.csv", "in/**/a.csv"], ["2024/a.csv", "2025/a.csv", "a.csv", "b.csv"]),
        (["a.csv", "in/2024/a.csv"], ["a.csv", "in/2024/a.csv"]),
        (["in/2024/*.csv", "in/2025/*.csv"], ["2024/a.csv", "2025/a.csv"]),
        ("in/notes [1].csv", ["notes [1].csv"]),
    ],
)
def test_files_are_named_below_the_folder_their_locations_share(
    filled: Home, location: str | list[str], wanted: list[str]
) -> None:
    assert names(filled, location) == wanted


def test_names_do_not_depend_on_the_machine_or_on_other_files(tmp_path: Path) -> None:
    found = []
    for place in ("one", "two"):
        home = Home(tmp_path / place, source())
        home.write("home/x", "x")
        home.write("in/x/a.csv", "x")
        if place == "two":
            home.write("in/y/a.csv", "x")
        found.append(names(home, ["${CROSSVOICE_HOME}/../in/x/*.csv", "in/*/a.csv"]))
    assert set(found[0]) <= set(found[1])


def test_editors_lock_files_are_not_read(filled: Home) -> None:
    assert not any(name.startswith((".", "~")) for name in names(filled, "in/*.csv"))


def test_every_location_must_name_a_file(filled: Home) -> None:
    with pytest.raises(SourceError, match="finds no file") as caught:
        names(filled, ["in/a.csv", "in/*.tsv"])
    assert caught.value.where.endswith("in/*.tsv")


def test_brackets_of_names_beside_a_pattern(home: Home) -> None:
    """A pattern makes `[old]` one letter; a folder of that name is there all the same."""
    home.write("in [old]/a.csv", "x")
    with pytest.raises(SourceError, match="finds no file") as caught:
        names(home, "in [old]/*.csv")
    assert "written `[[]`" in caught.value.mend
    assert names(home, "in [[]old]/*.csv") == ["in [old]/a.csv"]
    with pytest.raises(SourceError) as caught:
        names(home, "in/*.csv")
    assert "[[]" not in caught.value.mend


def test_an_unset_variable_is_named(home: Home) -> None:
    with pytest.raises(CrossvoiceError, match="CROSSVOICE_PUBLIC_DATA"):
        names(home, "${CROSSVOICE_PUBLIC_DATA}/a.csv")


def test_a_name_that_is_not_utf8_is_told(home: Home) -> None:
    """As they come out of archives of other systems."""
    home.write("in/a.csv", "x")
    folder = os.fsencode(home.settings.program_folder / "in")
    os.rename(folder + b"/a.csv", folder + b"/Z\xfcrich.csv")
    with pytest.raises(SourceError, match="is not UTF-8") as caught:
        names(home, "in/*.csv")
    caught.value.text().encode()
