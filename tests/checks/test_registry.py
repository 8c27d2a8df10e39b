"""The suites as data: complete, in step with the contract, quick to load, readable by people."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from data_checks.registry import (
    SCHEMAS,
    SUITES,
    SuiteError,
    all_suites,
    load_suite,
    suite_for,
    suites_of,
)
from pipelines.contract import LINEAGE_KINDS, QUESTION_KINDS, RAW_TABLES, REJECT_REASONS
from pipelines.linkage.companions import COMPANION_SCHEMAS, KEYS
from pipelines.publishing.audiences import PUBLISHED_TABLES

CHECKS = {f"{suite.name}.{check.name}": check for suite in all_suites() for check in suite.checks}
ROWS, SQL = "UnexpectedRowsExpectation", "unexpected_rows_query"
SAYABLE = {
    *("source", "input", "survey", "wave", "step", "voice", "item_code", "metric_id"),
    *("period_ref", "period_id", "outcome_code", "lineage_kind", "effective_date"),
    *("unit_level", "unit_ref", "parent_ref", "from_ref", "alias_level", "alias"),
    *("team_ref", "location_ref", "location_id", "location_name", "region_name"),
    *("coalesce", "concat_ws", "strftime", "printf"),
    *("item_rest_r", "n_answers"),
}
"""What a case may be told by: names of places, files, questions and times; and functions."""


def check_of(table: str, name: str):
    return next(c for c in suite_for("raw", table).checks if c.name == name)


def words_of(check) -> set[str]:
    """Columns and functions that a case is told by."""
    return set(re.findall(r"[a-z_]\w*", re.sub(r"'[^']*'", "", check.tells)))


def test_every_file_is_loaded_once():
    files = {f"{path.parent.name}.{path.stem}" for path in SUITES.glob("*/*.yaml")}
    assert files == {suite.name for suite in all_suites()}
    assert {suite.schema for suite in all_suites()} <= set(SCHEMAS)


def test_every_raw_table_has_a_suite():
    assert {suite.table for suite in all_suites() if suite.schema == "raw"} == set(RAW_TABLES)


def test_every_published_table_has_a_suite():
    assert {suite.table for suite in suites_of("published")} == set(PUBLISHED_TABLES)


@pytest.mark.parametrize("table", COMPANION_SCHEMAS)
def test_columns_of_companions_are_those_of_linkage(table):
    checks = {check.name: check for check in suite_for("published", table).checks}
    columns = checks["no_other_columns"].arguments["column_set"]
    assert columns == [*KEYS, *COMPANION_SCHEMAS[table]]
    assert checks["no_small_groups"].severity == "critical"


def test_every_published_table_guards_small_groups():
    for suite in suites_of("published"):
        names = {check.name for check in suite.checks if check.severity == "critical"}
        assert names & {"no_small_groups", "no_other_columns"}, suite.name


@pytest.mark.parametrize("table", RAW_TABLES)
def test_required_columns_are_those_of_the_contract(table):
    query = check_of(table, "required_columns_filled").arguments[SQL]
    required = [c.name for c in RAW_TABLES[table].columns if c.required]
    assert re.findall(r"(\w+) is null", query) == required


@pytest.mark.parametrize(
    ("table", "check", "words"),
    [
        ("customer_feedback", "question_kind_known", QUESTION_KINDS),
        ("unit_lineage", "lineage_kind_known", LINEAGE_KINDS),
        ("rejected_rows", "reason_known", REJECT_REASONS),
    ],
)
def test_value_sets_are_those_of_the_contract(table, check, words):
    assert set(check_of(table, check).arguments["value_set"]) == set(words)


def test_a_check_tells_people_why():
    wrong = [
        place
        for place, check in CHECKS.items()
        if not (check.why.endswith(".") and 40 < len(check.why) < 300 and len(check.name) <= 45)
    ]
    assert CHECKS
    assert wrong == []


def test_a_check_that_looks_for_rows_is_a_query_and_no_other_is():
    wrong = [
        place
        for place, check in CHECKS.items()
        if not (
            set(check.arguments) == {SQL}
            if check.expectation == ROWS
            else check.arguments and SQL not in check.arguments
        )
    ]
    assert wrong == []


def test_words_for_a_case_are_those_of_a_query_and_name_no_person():
    told = {place: check for place, check in CHECKS.items() if check.tells}
    assert {check.expectation for check in told.values()} == {ROWS}
    assert not [place for place in told if place.startswith("published.")]
    wrong = {
        place: unknown
        for place, check in told.items()
        if (unknown := words_of(check) - SAYABLE)
    }
    assert wrong == {}


def test_counts_are_told_by_one_check_that_asks_for_many_people():
    told = {place for place, check in CHECKS.items() if {"n_answers", "n_people"} & words_of(check)}
    assert told == {"marts.dim_metrics.items_run_with_their_metric"}


def test_queries_name_a_table_of_their_stage_and_nothing_private():
    queries = {p: c.arguments[SQL] for p, c in CHECKS.items() if c.expectation == ROWS}
    wrong = [
        place
        for place, query in queries.items()
        if not re.search(rf"\{{batch\}}|\b{place.partition('.')[0]}\.", query)
        or set(re.findall(r"\{(.*?)\}", query)) - {"batch"}
        or ":" in query  # SQLAlchemy reads :name as a parameter
    ]
    assert queries
    assert wrong == []


def test_loading_imports_no_library():
    code = (
        "import sys; from data_checks import registry, results, runner; "
        "print(len(registry.all_suites()), *sys.modules)"
    )
    n_suites, *modules = subprocess.run(
        [sys.executable, "-c", code],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[2],
    ).stdout.split()  # fmt: skip
    assert int(n_suites) == len(all_suites())
    assert not {"great_expectations", "dagster", "duckdb", "polars", "sqlalchemy"} & set(modules)


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "- name: x",
        "- {name: X, expectation: E, arguments: {}, severity: critical, why: w}",
        "- {name: x, expectation: E, arguments: {}, severity: fatal, why: w}",
        "- &x {name: x, expectation: E, arguments: {}, severity: warning, why: w}\n- *x",
    ],
)
def test_a_suite_with_a_mistake_is_refused(text, tmp_path):
    path = tmp_path / "table.yaml"
    path.write_text(text)
    with pytest.raises(SuiteError):
        load_suite(path)
