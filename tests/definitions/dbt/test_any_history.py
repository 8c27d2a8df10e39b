"""Whatever HR files say, an answer belongs to exactly one unit or to a counted remainder.

The models' own SQL, compiled by dbt, runs on made-up histories: overlapping, future-dated, empty
and repeated assignments, gaps before a rehire, snapshots. The expectation is computed here, row by
row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.allotment import examples

MODELS = (
    "int_assignments_held",
    "int_employee_assignments",
    "int_people_identified",
    "int_people_placed",
    "int_submissions_attributed",
)
FIRST = dt.date(2025, 1, 1)
EVER = dt.date(9999, 12, 31)
DAYS = st.integers(0, 40).map(lambda n: FIRST + dt.timedelta(days=n))
PEOPLE = ("ann", "ben", "eve")
ASSIGNMENTS = st.lists(
    st.tuples(
        st.sampled_from(["hr", "monthly"]), st.sampled_from(PEOPLE[:2]),
        st.sampled_from(["T1", "T2", "T9"]), DAYS, st.one_of(DAYS, st.just(EVER)),
    ),
    max_size=8, unique_by=lambda row: (row[1], row[3]),
)  # fmt: skip
ANSWERS = st.lists(st.tuples(st.sampled_from(PEOPLE), DAYS), max_size=6, unique_by=lambda a: a[0])
TABLES = {
    "raw.declared_sources": "source varchar, is_snapshot boolean",
    "raw.declared_settings": "setting varchar, value_text varchar",
    "raw.declared_waves": "wave_id varchar, period_id varchar",
    "staging.stg_org_assignments": "source varchar, input varchar, record_number bigint, "
    "employee_key varchar, team_ref varchar, location_ref varchar, manager_key varchar, "
    "gender varchar, age_band varchar, tenure_band varchar, job_level varchar, "
    "employment varchar, valid_from date, valid_to date",
    "staging.stg_person_identifiers": "id_key varchar, employee_key varchar, valid_from date, "
    "valid_to date",
    "staging.stg_employee_responses": "survey varchar, wave varchar, respondent_key varchar, "
    "answered_date date, team_ref varchar, location_ref varchar, weight double",
    "intermediate.int_manager_teams": "manager_key varchar, team_id varchar, location_id varchar, "
    "region_id varchar, valid_from date, valid_to date",
    "intermediate.int_period_days": "calendar_day date, period_id varchar",
    "intermediate.int_unit_references_resolved": "unit_level varchar, reference varchar, "
    "canonical_ref varchar",
    "intermediate.int_team_locations": "team_id varchar, location_id varchar, valid_from date, "
    "valid_to date",
}


@pytest.fixture(scope="module")
def history(views: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """A database in which the models are views over tables to be filled."""
    con = views(TABLES, MODELS)
    con.execute(
        "insert into raw.declared_sources values ('hr', false), ('monthly', true);"
        "insert into raw.declared_settings values ('unit', 'team_location');"
        "insert into intermediate.int_period_days select cast(range as date), 'p'"
        " from range(date '2025-01-01', date '2025-02-01', interval 1 day);"
        "insert into intermediate.int_unit_references_resolved values ('team', 'T1', 'T1'),"
        " ('team', 'T2', 'T2'), ('team', 'T9', null), ('location', 'L1', 'L1')"
    )
    return con


def expected(rows: list[tuple], person: str, day: dt.date) -> str | None:
    """Team of a person on a day: of the latest assignment begun, if it still holds."""
    snapshots = sorted({row[3] for row in rows if row[0] == "monthly" and row[3] < row[4]})
    begun = []
    for source, who, team, start, end in rows:
        following = [day for day in snapshots if day > start] if source == "monthly" else []
        if who == person and start < end and start <= day:
            begun.append((start, min([end, *following[:1]]), team))
    if not begun:
        return None
    _, end, team = max(begun)
    return team if day < end and team != "T9" else None


@settings(max_examples=examples(30), deadline=None)
@given(ASSIGNMENTS, ANSWERS)
def test_an_answer_belongs_to_one_unit_or_to_a_counted_remainder(
    history: duckdb.DuckDBPyConnection, rows: list[tuple], answers: list[tuple[str, dt.date]]
) -> None:
    history.execute("delete from staging.stg_org_assignments")
    history.execute("delete from staging.stg_employee_responses")
    for source, who, team, start, end in rows:
        history.execute(
            "insert into staging.stg_org_assignments by name select ? as source, ? as employee_key,"
            " ? as team_ref, 'L1' as location_ref, ? as valid_from, ? as valid_to",
            [source, who, team, start, end],
        )
    for who, day in answers:
        history.execute(
            "insert into staging.stg_employee_responses values ('s', 'w', ?, ?, null, null, null)",
            [who, day],
        )
    found = history.sql("from intermediate.int_submissions_attributed").pl()
    assert sorted(found["respondent_key"]) == sorted(who for who, _ in answers)
    for who, day in answers:
        row = found.filter(pl.col("respondent_key") == who).row(0, named=True)
        team = expected(rows, who, day)
        assert row["team_id"] == team
        if day >= dt.date(2025, 2, 1):
            assert row["remainder_reason"] == "outside_periods"
        else:
            assert (row["remainder_reason"] is None) == (row["location_id"] is not None)
            assert row["remainder_reason"] is not None or row["location_id"] == "L1"
