"""What the records of the checks say of a release that stages made one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from data_checks.registry import all_suites
from data_checks.results import CheckResult, error, failed, passed, unfit, write_record

SUITES = all_suites()[:2]
FIRST = SUITES[0]
CHECK = replace(FIRST.checks[0], severity="critical")
WARNING = replace(CHECK, severity="warning")


@pytest.fixture
def records(tmp_path: Path) -> Path:
    for suite in SUITES:
        write_record([passed(suite, check, 5, None) for check in suite.checks], tmp_path)
    return tmp_path


def test_passed_checks_and_warnings_do_not_stop_a_release(records: Path) -> None:
    assert unfit(records, SUITES) == []
    write_record([failed(FIRST, WARNING, 5, 1, None)], records)
    assert unfit(records, SUITES) == []


@pytest.mark.parametrize(
    "result", [failed(FIRST, CHECK, 5, 1, None), error(FIRST, WARNING, "no such column")]
)
def test_what_stops_a_run_stops_a_release(records: Path, result: CheckResult) -> None:
    write_record([result], records)
    assert unfit(records, SUITES) == [result.sentence]


def test_a_table_nobody_has_checked_stops_a_release(records: Path) -> None:
    (records / f"{FIRST.name}.json").unlink()
    assert unfit(records, SUITES) == [f"{FIRST.name}: its checks have not been made."]
