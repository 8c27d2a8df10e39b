"""Every check passes on good data, and fails for its own reason when its rule is broken."""

from __future__ import annotations

import re

import pytest

from data_checks.registry import all_suites, suite_for
from data_checks.runner import run_suite
from tests.checks.mutations_marts import MARTS
from tests.checks.mutations_published import PUBLISHED
from tests.checks.mutations_raw import RAW

CASES = [(suite.name, check.name) for suite in all_suites() for check in suite.checks]
MUTATIONS = {
    f"{schema}.{table}": checks
    for schema, tables in (("raw", RAW), ("marts", MARTS), ("published", PUBLISHED))
    for table, checks in tables.items()
}


def test_every_check_has_a_mutation_and_no_mutation_is_left_over():
    told = {(table, check) for table, checks in MUTATIONS.items() for check in checks}
    assert told == set(CASES)


@pytest.mark.parametrize("table", [suite.name for suite in all_suites()])
def test_good_data_pass(table, good):
    found = run_suite(good, suite_for(*table.split(".")))
    assert [r.sentence for r in found if r.outcome != "passed"] == []


@pytest.mark.parametrize(("table", "check"), CASES, ids=lambda part: part)
def test_broken_rule_fails_its_own_check(table, check, good, spoiled):
    mutation = MUTATIONS[table][check]
    sql, others = mutation if isinstance(mutation, tuple) else (mutation, set())
    with spoiled(sql.replace("{t}", table)):
        found = run_suite(good, suite_for(*table.split(".")))
    assert [r.sentence for r in found if r.outcome == "error"] == []
    assert {r.check for r in found if r.outcome == "failed"} == {check} | others
    words = {c.name: c.tells for c in suite_for(*table.split(".")).checks}
    failed = [r for r in found if r.outcome == "failed" and words[r.check]]
    assert [r.sentence for r in failed if not re.search(r"\(\d+ cases?; [^ ;]", r.sentence)] == []


@pytest.mark.parametrize(
    ("today", "found"), [("2024-02-29", {"names_tell_teams_apart"}), ("2024-03-01", set())]
)
def test_a_name_is_free_again_on_the_programs_own_day(today, found, good, spoiled):
    sql = (
        "insert into marts.dim_teams values ('t99', 'Team 0', date '2024-03-01');"
        f" update raw.declared_settings set value_text = '{today}' where setting = 'today'"
    )
    with spoiled(sql):
        results = run_suite(good, suite_for("marts", "dim_teams"))
    assert {r.check for r in results if r.outcome == "failed"} == found


def test_a_failed_check_says_where_and_never_who(good, spoiled):
    sql = (
        "insert into raw.declared_metric_items values ('mood', 'q9'); "
        "delete from raw.invitations where respondent_key > 'p3'"
    )
    with spoiled(sql):
        found = [
            result
            for table in ("ingest_batches", "employee_responses")
            for result in run_suite(good, suite_for("raw", table))
            if result.outcome == "failed"
        ]
        waves = good.sql("select distinct survey || ' ' || wave from raw.employee_responses").pl()
    told = {result.check: result.sentence for result in found}
    assert "(1 case; q9 in mood; " in told["metric_items_landed"]
    # each wave once, though several people of it were not invited
    said = told["respondents_were_invited"].split("(", 1)[1].split(")", 1)[0].split("; ")[1:-1]
    assert said == sorted(waves.to_series())
    assert "p4" not in str(found)


@pytest.mark.parametrize(("n", "end"), [(5, "q5 in mood; "), (6, "q5 in mood; and more; ")])
def test_that_there_are_more_cases_is_said(n, end, good, spoiled):
    rows = ", ".join(f"('mood', 'q{k}')" for k in range(1, n + 1))
    with spoiled("delete from raw.declared_metric_items; "
                 f"insert into raw.declared_metric_items values {rows}; "
                 "update raw.employee_responses set item_code = 'none'"):  # fmt: skip
        found = run_suite(good, suite_for("raw", "ingest_batches"))
    [said] = [r.sentence for r in found if r.check == "metric_items_landed"]
    assert f"({n} cases; q1 in mood; " in said
    assert end in said
