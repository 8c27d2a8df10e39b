"""Outcomes of the runner: counts and sentences, errors apart from failures, never a value."""

from __future__ import annotations

import json

import duckdb
import pytest

from data_checks.registry import Check, Suite
from data_checks.results import write_record
from data_checks.runner import run_suite

SECRET = "ada@example.org"


@pytest.fixture(scope="module")
def con():
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute(
        "create table marts.people as "
        f"select range as n, '{SECRET}' as email, range % 7 as score from range(1000)"
    )
    yield con
    con.close()


def rule(name: str, expectation: str, severity: str = "critical", **arguments) -> Check:
    return Check(name, expectation, arguments, severity, "Mend it.")


def sql(name: str, query: str) -> Check:
    return rule(name, "UnexpectedRowsExpectation", unexpected_rows_query=query)


SUITE = Suite(
    "marts",
    "people",
    (
        rule("in_range", "ExpectColumnValuesToBeBetween", column="score", min_value=0, max_value=6),
        rule("too_high", "ExpectColumnValuesToBeBetween", column="score", max_value=5),
        rule("in_set", "ExpectColumnValuesToBeInSet", column="email", value_set=["x"]),
        rule("many_rows", "ExpectTableRowCountToBeBetween", "warning", min_value=5000),
        sql("rows", "select email from {batch} where score > 5"),
        sql("no_rows", "select email from {batch} where score > 50"),
        rule("no_column", "ExpectColumnValuesToNotBeNull", column="nowhere"),
        sql("bad_sql", "select nowhere from {batch}"),
        sql("quotes_a_value", "select 1 from {batch} where cast(email as integer) > 1"),
        rule("no_such_class", "ExpectMiracles", column="score"),
        rule("bad_arguments", "ExpectColumnValuesToBeInSet", colum="score"),
    ),
)


@pytest.fixture(scope="module")
def found(con):
    return {result.check: result for result in run_suite(con, SUITE)}


def test_outcomes(found):
    assert {name: (r.outcome, r.n_unexpected) for name, r in found.items()} == {
        "in_range": ("passed", 0),
        "too_high": ("failed", 142),
        "in_set": ("failed", 1000),
        "many_rows": ("failed", None),
        "rows": ("failed", 142),
        "no_rows": ("passed", 0),
        "no_column": ("error", None),
        "bad_sql": ("error", None),
        "quotes_a_value": ("error", None),
        "no_such_class": ("error", None),
        "bad_arguments": ("error", None),
    }


def test_sentences_are_for_people(found):
    assert found["rows"].sentence == ("marts.people: rows fails (142 cases; 1,000 rows). Mend it.")
    assert found["many_rows"].sentence == (
        "marts.people: many_rows fails (observed 1000; 1,000 rows). Mend it."
    )
    assert found["in_range"].sentence == "marts.people: in_range holds (1,000 rows)."
    assert found["no_column"].sentence == (
        "marts.people: no_column could not be evaluated: the column nowhere is missing."
    )


def test_errors_and_critical_failures_stop_but_warnings_do_not(found):
    assert {name for name, r in found.items() if not r.stops} == {
        "in_range",
        "many_rows",
        "no_rows",
    }


def test_no_value_of_a_row_is_in_a_result(found, tmp_path):
    assert SECRET not in str(found)
    (path,) = write_record(list(found.values()), tmp_path)
    assert path.name == "marts.people.json"
    assert [row["check"] for row in json.loads(path.read_text())] == list(found)


def test_nothing_is_printed(con, capfd):
    run_suite(con, SUITE)
    assert capfd.readouterr() == ("", "")


def test_a_missing_table_is_an_error_of_every_check(con):
    suite = Suite("marts", "nobody", SUITE.checks[:2])
    found = run_suite(con, suite)
    assert [r.outcome for r in found] == ["error", "error"]
    assert found[0].observed == "the table marts.nobody is missing"


def test_a_view_over_a_lost_file_is_an_error(con, tmp_path):
    file = tmp_path / "part.parquet"
    con.execute(f"copy marts.people to '{file}'")
    con.execute(f"create view marts.landed as from '{file}'")
    suite = Suite("marts", "landed", SUITE.checks[:1])
    assert [r.outcome for r in run_suite(con, suite)] == ["passed"]
    file.unlink()
    assert [r.outcome for r in run_suite(con, suite)] == ["error"]


def test_the_connection_is_left_as_it_was(con):
    before = con.sql("select current_schema(), count(*) from duckdb_tables()").fetchall()
    run_suite(con, SUITE)
    assert con.sql("select current_schema(), count(*) from duckdb_tables()").fetchall() == before
    con.execute("create or replace table marts.written_after as select 1")


def test_a_read_only_file_is_enough(tmp_path, con):
    path = tmp_path / "candidate.duckdb"
    with duckdb.connect(str(path)) as writing:
        writing.execute("create schema marts; create table marts.people as select 1 as score")
    with duckdb.connect(str(path), read_only=True) as reading:
        (found,) = run_suite(reading, Suite("marts", "people", SUITE.checks[:1]))
    assert found.outcome == "passed"
