"""Files that go by another name: renamed, rotated, or reached by another location."""

from __future__ import annotations

import json

import pytest

from pipelines import landing
from tests.unit.connectors.homes import Home, source

NUMBERED = {"feedback_id": {"record_number": True}, "occurred_at": "at", "location_ref": "store"}


def rows_of(first: int, n: int) -> list[tuple]:
    numbers = range(first, first + n)
    return [(f"F{i}", "2025-01-01T10:00:00Z", f"C{i}", "S1", i % 11) for i in numbers]


@pytest.fixture
def numbered(home: Home) -> Home:
    home.source = source(columns=NUMBERED)
    return home


def ids(home: Home) -> list[str]:
    return sorted(home.landed()["feedback_id"])


def test_rotated_exports_without_ids_are_counted_whole(numbered: Home) -> None:
    path = numbered.write_rows("in/export.csv", rows_of(1, 3))
    numbered.pull()
    path.rename(path.with_name("export_1.csv"))
    numbered.write_rows("in/export.csv", rows_of(11, 3))
    numbered.pull()

    assert len(ids(numbered)) == len(set(ids(numbered))) == 6


def test_ids_of_records_stay_with_the_content(numbered: Home) -> None:
    path = numbered.write_rows("in/a.csv", rows_of(1, 3))
    numbered.pull()
    first = ids(numbered)
    path.rename(path.with_name("b.csv"))
    numbered.pull()
    assert ids(numbered) == first
    numbered.source = source(columns=NUMBERED, missing=["n/a"])
    assert numbered.pull().n_new == 1

    assert ids(numbered) == first, "another mapping, and the name it was landed under is gone"


def test_names_that_tell_of_other_rows_make_ids_of_their_own(numbered: Home) -> None:
    numbered.source = source(columns={**NUMBERED, "channel": {"file_name": r"(web|app)"}})
    for name in ("web", "app"):
        numbered.write_rows(f"in/{name}.csv", rows_of(1, 2))
    numbered.pull()

    assert len(set(ids(numbered))) == 4


def test_a_renamed_file_that_is_corrected_takes_the_place_of_its_earlier_self(
    numbered: Home,
) -> None:
    path = numbered.write_rows("in/a.csv", rows_of(1, 3))
    numbered.pull()
    path.rename(path.with_name("b.csv"))
    numbered.pull()
    numbered.write_rows("in/b.csv", rows_of(1, 4))
    numbered.pull()

    assert numbered.landed().height == 4


def test_a_copy_that_is_gone_keeps_its_rows_when_the_other_changes(numbered: Home) -> None:
    path = numbered.write_rows("in/2025-01.csv", rows_of(1, 3))
    numbered.write_rows("in/export.csv", rows_of(1, 3))
    numbered.pull()
    path.unlink()
    numbered.source = source(columns=NUMBERED, missing=["n/a"])
    numbered.pull()
    assert numbered.landed().height == 3
    numbered.write_rows("in/export.csv", rows_of(11, 2))
    numbered.pull()

    assert numbered.landed().height == 5


def test_another_location_does_not_make_a_file_another(numbered: Home) -> None:
    numbered.write_rows("in/a.csv", rows_of(1, 3))
    numbered.write_rows("in/gone.csv", rows_of(21, 1))
    numbered.pull()
    (numbered.folder / "in/gone.csv").unlink()
    numbered.source = source(columns=NUMBERED, location=["in/*.csv", "more/*.csv"])
    numbered.write_rows("in/a.csv", rows_of(1, 4))
    numbered.write_rows("more/b.csv", rows_of(11, 2))
    numbered.write_rows("more/gone.csv", rows_of(31, 1))
    numbered.pull()
    assert sorted((m.input, m.rows_kept) for m in numbered.manifests()) == [
        ("gone.csv", 1), ("in/a.csv", 4), ("more/b.csv", 2), ("more/gone.csv", 1),
    ]  # fmt: skip
    numbered.source = source(columns=NUMBERED)
    numbered.write_rows("in/a.csv", rows_of(1, 5))
    numbered.write_rows("in/gone.csv", rows_of(21, 2))
    numbered.pull()

    assert sorted((m.input, m.rows_kept) for m in numbered.manifests()) == [
        ("a.csv", 5), ("gone.csv", 2), ("more/b.csv", 2), ("more/gone.csv", 1),
    ]  # fmt: skip


def test_a_file_found_again_takes_no_rows_of_a_namesake_that_is_gone(numbered: Home) -> None:
    numbered.source = source(columns=NUMBERED, location=["in/*.csv", "in/in/*.csv"])
    numbered.write_rows("in/a.csv", rows_of(1, 3))
    numbered.write_rows("in/in/a.csv", rows_of(11, 2))
    numbered.pull()
    assert list(numbered.state().inputs) == ["a.csv", "in/a.csv"]
    (numbered.folder / "in/in/a.csv").unlink()
    numbered.source = source(columns=NUMBERED, location=["in/*.csv", "more/*.csv"])
    numbered.write_rows("in/a.csv", rows_of(1, 4))
    numbered.write_rows("more/b.csv", rows_of(21, 1))
    numbered.pull()

    assert numbered.landed().height == 4 + 2 + 1


def test_a_folder_that_moved_as_a_whole_keeps_its_inputs(numbered: Home) -> None:
    path = numbered.write_rows("in/a.csv", rows_of(1, 3))
    numbered.pull()
    path.parent.rename(path.parent.with_name("data"))
    numbered.source = source(columns=NUMBERED, location="data/*.csv")
    numbered.write_rows("data/a.csv", rows_of(1, 4))
    numbered.pull()

    assert numbered.landed().height == 4


def test_inputs_landed_before_places_were_kept_are_known_by_name(numbered: Home) -> None:
    numbered.write_rows("in/a.csv", rows_of(1, 3))
    numbered.pull()
    path = numbered.settings.landing / "feedback" / landing.INPUTS
    state = json.loads(path.read_text())
    del state["inputs"]["a.csv"]["place"]
    path.write_text(json.dumps(state))
    numbered.write_rows("in/a.csv", rows_of(1, 4))
    numbered.pull()

    assert numbered.landed().height == 4
    assert numbered.state().inputs["a.csv"].place
