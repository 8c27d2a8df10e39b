"""Cells that workbooks and Parquet files store with a type, and columns that stand apart."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.unit.connectors.homes import HEADER, Home, source

VALUES = {"item": "nps", "scale": {"min": 0, "max": 10}}


def place(home: Home, name: str) -> Path:
    (home.folder / "in").mkdir(exist_ok=True)
    return home.folder / "in" / name


def parquet(home: Home, *columns: tuple[str, pa.Array], **changes: object) -> list[float | None]:
    """The scores of a file with these columns beside those of every file."""
    n = len(columns[0][1])
    texts = [(name, pa.array(["2025-01-01" if name == "at" else f"{name}{i}" for i in range(n)]))
             for name in HEADER[:4]]  # fmt: skip
    names, arrays = zip(*texts, *columns, strict=True)
    path = place(home, "a.parquet")
    pq.write_table(pa.Table.from_arrays(list(arrays), names=list(names)), path)
    home.source = source(location="in/a.parquet", **changes)
    home.pull()
    return home.landed().sort("record_number")["score_raw"].to_list()


def test_short_numbers_of_parquet_keep_their_decimals(home: Home) -> None:
    short = np.array([4.5, 7.25, 9, np.nan], np.float16)
    assert parquet(home, ("score", pa.array(short))) == [4.5, 7.25, 9.0, None]


def test_long_decimals_of_parquet(home: Home) -> None:
    long = pa.array([Decimal("1.50"), None, Decimal(7)], pa.decimal256(50, 2))
    assert parquet(home, ("score", long)) == [1.5, None, 7.0]


def test_identifiers_and_zones_of_parquet_that_polars_has_not(home: Home) -> None:
    """DuckDB writes ids as UUID; pandas keeps the offset of a time in the place of its zone."""
    keys = [uuid.UUID(int=7).bytes, uuid.UUID(int=8).bytes]
    moment = dt.datetime(2025, 1, 31, 20, 0, tzinfo=dt.UTC)
    parquet(
        home,
        ("key", pa.ExtensionArray.from_storage(pa.uuid(), pa.array(keys, pa.binary(16)))),
        ("when", pa.array([moment, None], pa.timestamp("us", "+05:30"))),
        ("score", pa.array([1, 2])),
        columns={"feedback_id": "key", "occurred_at": "when"}, max_rejected_share=1,
    )  # fmt: skip
    landed = home.landed()
    assert landed["feedback_id"].to_list() == ["00000000-0000-0000-0000-000000000007"]
    assert landed["occurred_at"].to_list() == [moment.replace(tzinfo=None)]
    assert home.rejects() == [(2, "when", "missing_required")]


@pytest.mark.parametrize("number", [1, 2])
def test_a_parquet_column_that_is_there_twice(number: int, home: Home) -> None:
    twice = [("score", pa.array([1, 2])), ("other", pa.array([9, 9])), ("score", pa.array([3, 4]))]
    values = [{**VALUES, "columns": [f"score[{number}]"]}]
    assert parquet(home, *twice, values=values) == ([1.0, 2.0] if number == 1 else [3.0, 4.0])


FAILED = ["#DIV/0!", "#N/A", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"]


def test_formulas_that_failed_are_no_answers(home: Home) -> None:
    with xlsxwriter.Workbook(place(home, "a.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(2, 0, HEADER)
        for n, shown in enumerate(FAILED):
            page.write_row(3 + n, 0, [f"F{n}", "2025-01-01", "C1", "S1"])
            page.write_formula(3 + n, 4, "=1/0", None, shown)
        page.write_row(10, 0, ["F8", "2025-01-01", "C1"])
        page.write_formula(10, 3, "=NA()", None, "#N/A")
        page.write(10, 4, 7)
        page.write(11, 0, "F9")
        page.write_formula(11, 1, "=NA()", None, "#N/A")
    home.source = source(location="in/a.xlsx")
    home.pull()

    assert home.rejects() == [(n, "score", "not_a_number") for n in range(1, 8)] + [
        (9, "at", "bad_date")
    ]
    assert home.landed().select("feedback_id", "location_ref", "score_raw").rows() == [
        ("F8", None, 7.0)
    ]
    home.source = source(location="in/a.xlsx", missing=FAILED)
    home.pull()
    assert home.landed()["score_raw"].to_list() == [None] * 7 + [7.0]


def test_columns_of_a_sheet_count_from_its_first(home: Home) -> None:
    with xlsxwriter.Workbook(place(home, "a.xlsx")) as book:
        page = book.add_worksheet()
        page.write_row(1, 2, ["id", "at", None, "score"])
        page.write_row(2, 2, ["F1", "2025-01-01", "S1", 7])
        page.write(3, 2, "Total")
    columns = {"feedback_id": "#3", "occurred_at": "at", "location_ref": "#5"}
    home.source = source(location="in/a.xlsx", columns=columns, footnotes=["total"])
    home.pull()

    found = home.landed().select("feedback_id", "location_ref", "score_raw").rows()
    assert found == [("F1", "S1", 7.0)]
    assert home.rejects() == [(2, None, "filtered")]
