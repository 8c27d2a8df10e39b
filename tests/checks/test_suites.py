"""Every check passes on good data, and fails for its own reason when its rule is broken."""

from __future__ import annotations

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
