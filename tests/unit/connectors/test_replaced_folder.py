"""A location replaced by another folder with files of the same names: which replaced which."""

from __future__ import annotations

from pipelines import landing
from pipelines.connectors.renames import taken_for_earlier
from tests.unit.connectors.homes import HEADER, Home, source


def row(number: int) -> tuple:
    return (f"F{number}", "2025-01-01", "C1", "S1", 5)


def told(home: Home) -> str | None:
    home.pull()
    return taken_for_earlier(landing.read_state(home.settings.landing, home.source.name))


def test_files_of_another_folder_that_replace_earlier_ones_are_named(home: Home) -> None:
    for folder in ("in", "new"):
        home.write_rows(f"{folder}/a.csv", [row(1)], HEADER)
        home.write_rows(f"{folder}/b.csv", [row(2 if folder == "in" else 3)], HEADER)
    assert told(home) is None
    home.source = source(location="new/*.csv")
    said = told(home)
    assert said is not None and said.startswith("b.csv: replaced another content of that name")
    assert told(home) == said
    home.source = source(location="in/*.csv")
    home.write_rows("in/c.csv", [row(4)], HEADER)
    assert (told(home) or "").startswith("b.csv: ")


def test_a_file_that_changes_where_it_lies_is_no_other(home: Home) -> None:
    home.write_rows("in/a.csv", [row(1)], HEADER)
    assert told(home) is None
    home.write_rows("in/a.csv", [row(2)], HEADER)
    assert told(home) is None
