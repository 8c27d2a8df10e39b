"""Periods that published scores name: those a program left behind are no mistake, others are."""

from __future__ import annotations

import duckdb
import pytest

from data_checks.registry import suite_for

SUITE = suite_for("raw", "unit_scores")
CHECK = next(c for c in SUITE.checks if c.name == "periods_known")
DECLARED = {
    "month": [("2025-03", "2025-03-01", "2025-03-31"), ("2025-04", "2025-04-01", "2025-04-30")],
    "quarter": [("2025-Q2", "2025-04-01", "2025-06-30")],
    "wave": [("2016-17", "2016-08-29", "2017-06-16"), ("2017-18", "2017-09-05", "2018-06-15")],
}


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute("""
            create schema raw;
            create table raw.declared_periods (
                period_id varchar, period_start date, period_end date);
            create table raw.declared_waves (wave_id varchar);
            create table raw.unit_scores (source varchar, period_ref varchar);
        """)
        yield con


KNOWN = {
    "month": ["2025-03", "2025-04-30", "2024-12", "2024-12-31"],
    "quarter": ["2025-Q2", "2025-Q1", "2024-Q4", "2025-05-31", "2025-03-31"],
    "wave": ["2016-17", "2015-16", "2017-06-16", "2016-01-01"],
}
TOLD = {
    "month": ["2025-05", "2025", "2025-Q1", "2025-05-01", "FY24", "March 2025", "2025-3"],
    "quarter": ["2025-03", "2024-12", "2025-Q3", "2025-07-01", "Q2 2025"],
    "wave": ["2018-19", "2017", "2017-08-01", "2016/17"],
}


@pytest.mark.parametrize("period", DECLARED)
def test_names_of_no_period_are_told(con, period):
    con.executemany("insert into raw.declared_periods values (?, ?, ?)", DECLARED[period])
    con.execute("insert into raw.declared_waves select period_id from raw.declared_periods")
    con.executemany(
        "insert into raw.unit_scores values ('scores', ?)",
        [[name] for name in KNOWN[period] + TOLD[period]],
    )
    found = con.execute(f"select period_ref from ({SUITE.query(CHECK)})").fetchall()
    assert sorted(name for (name,) in found) == sorted(TOLD[period])
