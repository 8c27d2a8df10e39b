"""Landed batches as the contract tables."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from pipelines import raw, warehouse
from pipelines.contract import RAW_TABLES
from pipelines.errors import CrossvoiceError, SourceError
from pipelines.program.model import Program
from tests.unit.connectors.homes import Home, source


def registered(home: Home) -> dict[str, list[dict]]:
    with warehouse.connect(home.settings.warehouse) as con:
        counts = raw.register_batches(con, home.program, home.settings)
        tables = {name: warehouse.read_table(con, f"raw.{name}").to_dicts() for name in RAW_TABLES}
        assert counts == {name: len(rows) for name, rows in tables.items()}
        raw.write_declarations(con, home.program, dt.date(2025, 2, 1))
        raw.write_unit_references(con, home.program)
        tables["unit_references"] = warehouse.read_table(con, "raw.unit_references").to_dicts()
    return tables


def test_nothing_landed_gives_empty_tables_of_the_contract(tmp_path: Path) -> None:
    tables = registered(Home(tmp_path, source()))
    assert not any(tables.values())


def test_rows_rejects_and_batches_are_there(tmp_path: Path) -> None:
    home = Home(tmp_path, source(required=False))
    row = ("2025-01-01", "C1", "L001")
    home.write_rows("in/it's.csv", [("F1", *row, 7), ("F2", *row, 11)])
    home.pull()
    tables = registered(home)

    assert [r["feedback_id"] for r in tables["customer_feedback"]] == ["F1"]
    assert [(r["record_number"], r["reason"]) for r in tables["rejected_rows"]] == [
        (2, "out_of_scale")
    ]
    batch = tables["ingest_batches"][0]
    assert (batch["rows_read"], batch["is_required"], batch["is_stale"]) == (2, False, False)
    assert tables["unit_references"] == [
        {"unit_level": "location", "reference": "L001", "n_rows": 1, "reference_key": "l001"}
    ]


def test_a_shared_batch_goes_by_the_first_name_whichever_came_first(tmp_path: Path) -> None:
    tables = []
    for order in (["a'.csv", "b.csv"], ["b.csv", "a'.csv"]):
        home = Home(tmp_path / order[0], source())
        for name in order:
            home.write_rows(f"in/{name}", [("F1", "2025-01-01", "C1", "S1", 7)])
            home.pull()
        tables.append(registered(home))

    assert tables[0]["customer_feedback"] == tables[1]["customer_feedback"]
    assert tables[0]["ingest_batches"] == tables[1]["ingest_batches"]
    assert tables[0]["customer_feedback"][0]["input"] == "a'.csv"


def landed_before(home: Home, column: str, *, files: int) -> Path:
    """The column taken out of so many landed batches, as a version without it would have left."""
    stored = sorted(home.settings.landing.rglob("customer_feedback.parquet"))[:files]
    for file in stored:
        pl.read_parquet(file).drop(column).write_parquet(file)
    return stored[0]


@pytest.mark.parametrize("files", [1, 2])
def test_a_batch_landed_before_a_column_was_added_reads_as_null(tmp_path: Path, files: int) -> None:
    home = Home(tmp_path, source())
    home.write_rows("in/a.csv", [("F1", "2025-01-01", "C1", "L001", 7)])
    home.write_rows("in/b.csv", [("F2", "2025-01-01", "C2", "L002", 8)])
    home.pull()
    landed_before(home, "location_ref", files=files)
    tables = registered(home)

    found = [row["location_ref"] for row in tables["customer_feedback"]]
    assert found.count(None) == files
    assert len(found) == 2
    assert sorted(row["feedback_id"] for row in tables["customer_feedback"]) == ["F1", "F2"]


def test_a_batch_without_a_column_every_row_needs_is_named(tmp_path: Path) -> None:
    home = Home(tmp_path, source())
    home.write_rows("in/a.csv", [("F1", "2025-01-01", "C1", "L001", 7)])
    home.pull()
    file = landed_before(home, "scale_max", files=1)
    with pytest.raises(SourceError) as caught:
        registered(home)

    told = caught.value
    assert f"Batch {file.parent.name} of source" in told.what
    assert "lacks the column 'scale_max' of customer_feedback" in told.what
    assert told.where == str(file)
    assert f"delete {file.parent} and run again" in told.mend
    file.parent.rename(tmp_path / "deleted")
    home.pull()
    assert len(registered(home)["customer_feedback"]) == 1


@pytest.mark.parametrize(
    ("days", "changes", "last"),
    [
        (["2025-01-03", "2025-03-31"], {}, "2025-03"),
        (["2025-01-03", "2031-01-01"], {}, "2025-01"),  # a day to come is a mistake
        (["2025-01-03"], {"end": "2025-04-30"}, "2025-04"),
        ([], {}, "2025-06"),
    ],
)
def test_a_calendar_without_an_end_goes_to_the_last_answer(
    tmp_path: Path, days: list[str], changes: dict, last: str
) -> None:
    home = Home(tmp_path, source())
    home.write_rows("in/a.csv", [(f"F{i}", day, f"C{i}", "L1", 7) for i, day in enumerate(days)])
    if days:
        home.pull()
    declared = Program.model_validate(
        {**home.program.model_dump(exclude_unset=True, mode="json"), **changes}
    )
    with warehouse.connect(home.settings.warehouse) as con:
        raw.register_batches(con, home.program, home.settings)
        raw.write_declarations(con, declared, dt.date(2025, 6, 9))
        periods = warehouse.read_table(con, "raw.declared_periods")["period_id"].to_list()
    assert periods == [f"2025-{month:02d}" for month in range(1, int(last[-2:]) + 1)]


def test_a_folder_that_was_moved_is_told(tmp_path: Path) -> None:
    home = Home(tmp_path / "before", source())
    home.write_rows("in/a.csv", [("F1", "2025-01-01", "C1", "L001", 7)])
    home.pull()
    registered(home)
    (tmp_path / "before").rename(tmp_path / "after")
    moved = tmp_path / "after" / home.settings.warehouse.relative_to(tmp_path / "before")
    with (
        pytest.raises(CrossvoiceError, match="has been moved") as caught,
        warehouse.connect(moved) as con,
    ):
        con.sql("select count(*) from raw.customer_feedback").fetchone()
    assert caught.value.mend == "crossvoice run --force"


@pytest.mark.parametrize(
    ("zone", "at", "last"),
    [
        ("Pacific/Auckland", "2025-03-31T12:30:00Z", "2025-04"),
        ("Pacific/Auckland", "2025-03-31T10:30:00Z", "2025-03"),
        ("Pacific/Honolulu", "2025-04-01T09:30:00Z", "2025-03"),
        ("Pacific/Honolulu", "2025-04-01T10:30:00Z", "2025-04"),
    ],
)
def test_the_last_survey_answer_counts_by_the_day_in_the_programs_zone(
    tmp_path: Path, zone: str, at: str, last: str
) -> None:
    survey = source(
        name="survey",
        table="employee_responses",
        columns={
            "response_id": "id", "answered_at": "at", "location_ref": "store",
            "respondent_key": {"column": "customer", "id_type": "hr"},
            "survey": {"value": "pulse"}, "wave": {"value": "w"},
        },
        values=[{"columns": ["score"], "item": "nps", "scale": {"min": 0, "max": 10}}],
    )  # fmt: skip
    home = Home(tmp_path, survey, zone=zone)
    home.write_rows("in/a.csv", [("R1", at, "E1", "L1", 7)])
    home.pull()
    with warehouse.connect(home.settings.warehouse) as con:
        raw.register_batches(con, home.program, home.settings)
        raw.write_declarations(con, home.program, dt.date(2025, 6, 9))
        periods = warehouse.read_table(con, "raw.declared_periods")["period_id"].to_list()
    assert periods[-1] == last
