"""Checks: every expectation of every suite as an asset check of its table.

Every check is blocking, and its result says whether it stops: a failed critical check does, a
failed warning does not, and a check that could not be evaluated does, for it has shown nothing.
"""

from collections.abc import Iterator

import dagster as dg

from data_checks.registry import Suite, all_suites
from data_checks.results import CheckResult, write_record
from pipelines.defs.common import ProgramResource


def suite_checks() -> list[dg.AssetChecksDefinition]:
    """One definition per suite; the checks of a table run in one step."""
    return [_suite_check(suite) for suite in all_suites()]


def _suite_check(suite: Suite) -> dg.AssetChecksDefinition:
    key = dg.AssetKey([suite.schema, suite.table])

    @dg.multi_asset_check(
        name=f"check_{suite.schema}_{suite.table}",
        specs=[
            dg.AssetCheckSpec(
                check.name,
                asset=key,
                blocking=True,
                description=check.why,
            )
            for check in suite.checks
        ],
    )
    def run(program: ProgramResource) -> Iterator[dg.AssetCheckResult]:
        from data_checks.runner import run_suite  # noqa: PLC0415 - two seconds

        with program.warehouse() as con:
            results = run_suite(con, suite)
        write_record(results, program.settings().logs / "checks")
        for result in results:
            yield asset_check_result(key, result)

    return run


def asset_check_result(key: dg.AssetKey, result: CheckResult) -> dg.AssetCheckResult:
    """A result in Dagster's terms; severity ERROR stops, WARN does not."""
    severity = dg.AssetCheckSeverity.ERROR if result.stops else dg.AssetCheckSeverity.WARN
    metadata = {
        "outcome": result.outcome,
        "rows_evaluated": result.n_evaluated,
        "rows_unexpected": result.n_unexpected,
        "observed": result.observed,
    }
    return dg.AssetCheckResult(
        asset_key=key,
        check_name=result.check,
        passed=result.outcome == "passed",
        severity=severity,
        description=result.sentence,
        metadata={k: v for k, v in metadata.items() if v is not None},
    )
