"""Days and moments after the last one a calendar has are no dates, whatever they come from."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tests.unit.connectors.homes import FEEDBACK, Home, source

LATE = {
    "+12025-01-03": {},
    "12025-01-03T10:00:00Z": {},
    "+12025-01-03T10:00:00.5+01:00": {},
    "9999-12-31T23:59:59Z": {},
    "9999-12-31T23:59:59": {"time_zone": "America/New_York"},
    "03.01.+12025": {"format": "%d.%m.%Y"},
    "253402300800": {"format": "epoch"},
}


@pytest.mark.parametrize("text", LATE)
def test_a_text_after_the_last_year(text: str, home: Home) -> None:
    columns = {**FEEDBACK["columns"], "occurred_at": {"column": "at", **LATE[text]}}
    good = text.replace("+12025", "2025").replace("12025", "2025").replace("9999", "2025")
    good = good.replace("253402300800", "1735689600")
    home.source = source(columns=columns)
    home.write_rows("in/a.csv", [("F1", text, "C", "S", 1), ("F2", good, "C", "S", 1)])
    home.pull()

    assert home.rejects() == [(1, "at", "bad_date")]
    assert home.landed()["feedback_id"].to_list() == ["F2"]


def test_a_day_after_the_last_year(home: Home) -> None:
    home.source = source(
        table="org_assignments", values=[], name="staff",
        columns={"employee_key": "id", "team_ref": "store", "valid_from": "at", "valid_to": "to"},
    )  # fmt: skip
    rows = [("F1", "+12025-01-03", "S", ""), ("F2", "2025-01-03", "S", "9999-12-31")]
    home.write_rows("in/a.csv", rows, ("id", "at", "store", "to"))
    home.pull()
    assert home.rejects() == [(1, "at", "bad_date")]
    assert home.landed().height == 1


def test_the_day_a_sheet_cannot_show(home: Home) -> None:
    path = home.write("in/a.xlsx", "")
    with xlsxwriter.Workbook(path) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        page = book.add_worksheet()
        page.write_row(0, 0, ["id", "at", "customer", "store", "score"])
        for row, number in enumerate((45658, 2958466), start=1):
            page.write_row(row, 0, [f"F{row}", None, "C", "S", 7])
            page.write_number(row, 1, number, day)
    home.source = source(location="in/a.xlsx")
    home.pull()
    assert home.rejects() == [(2, "at", "bad_date")]


def test_a_timestamp_after_the_last_year(home: Home) -> None:
    path = home.write("in/a.parquet", "")
    moments = pa.array([0, 253402300800000 * 10], pa.timestamp("ms"))
    texts = {name: ["1", "2"] for name in ("id", "customer", "store", "score")}
    pq.write_table(pa.table({**texts, "at": moments}), path)
    home.source = source(location="in/a.parquet")
    home.pull()
    assert home.rejects() == [(2, "at", "bad_date")]
