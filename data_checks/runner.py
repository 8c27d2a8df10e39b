"""Running a suite against an open DuckDB connection.

What belongs here: evaluation and turning the library's answers into `CheckResult`s. What does
not: rules (suites), what happens after a failure (the caller), and the library's import, which
takes seconds and therefore waits until the first suite is run.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING, Any

from data_checks import results
from data_checks.registry import SQL, Check, Suite
from data_checks.results import CheckResult

if TYPE_CHECKING:
    import duckdb

COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}
_NUMBERS = count(1)
MOST_TOLD = 5
"""Cases that a sentence names; the count tells how many there are."""
SPEAKABLE = ("Binder", "Catalog", "Parser")
"""Errors of DuckDB that speak of names only; the others may quote a value."""


def run_suite(con: duckdb.DuckDBPyConnection, suite: Suite) -> list[CheckResult]:
    """Evaluate every check of the suite on `schema.table` as the connection sees it.

    Only committed data are seen. Never raises for what the data or a rule are like: a check that
    cannot be evaluated has the outcome `error`.
    """
    try:
        # on a cursor, so that a failure leaves the caller's transaction alone
        n_rows = con.cursor().execute(f"select count(*) from {suite.name}").fetchall()[0][0]
        with _Batch(con, suite) as batch:
            answers = batch.evaluate(suite.checks)
            return [
                _result(suite, check, answer, n_rows, batch)
                for check, answer in zip(suite.checks, answers, strict=True)
            ]
    except Exception as error:  # for example a view whose Parquet file is gone
        reason = _reason(error) if _exists(con, suite) else f"the table {suite.name} is missing"
        return [results.error(suite, check, reason) for check in suite.checks]


def _exists(con: duckdb.DuckDBPyConnection, suite: Suite) -> bool:
    query = (
        "select 1 from information_schema.tables where table_schema = ? and table_name = ?"
        " and table_catalog = current_database()"
    )
    found = con.cursor().execute(query, [suite.schema, suite.table]).fetchone()
    return found is not None


class _Batch:
    """One table in the library's terms, on a cursor of the given connection."""

    def __init__(self, con: duckdb.DuckDBPyConnection, suite: Suite) -> None:
        self.con, self.suite = con, suite

    def __enter__(self) -> _Batch:
        from data_checks import duckdb_source  # noqa: PLC0415 - two seconds

        self.library = duckdb_source
        self.context = duckdb_source.context()
        self.source = self.context.data_sources.add_duckdb(
            f"checked_{next(_NUMBERS)}",
            connection_string="duckdb:///:memory:",
            checked_schema=self.suite.schema,
            kwargs={"creator": lambda: self.con.cursor()},
            create_temp_table=False,
        )
        try:
            asset = self.source.add_table_asset(self.suite.table)
            self.batch = asset.add_batch_definition_whole_table("all").get_batch()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.source.get_engine().dispose()
        self.context.data_sources.delete(self.source.name)

    def evaluate(self, checks: tuple[Check, ...]) -> list[Any]:
        """The library's answer to each check: together first, alone where that went wrong."""
        try:
            answers = self._together(checks)
        except Exception as error:  # a rule the library refuses takes the whole suite with it
            answers = [error] * len(checks)
        return [
            self.alone(check) if isinstance(answer, Exception) or _reason(answer) else answer
            for check, answer in zip(checks, answers, strict=True)
        ]

    def _together(self, checks: tuple[Check, ...]) -> list[Any]:
        suite = self.library.gx.ExpectationSuite(
            name=self.suite.name, expectations=[self._expectation(check) for check in checks]
        )
        outcome = self.batch.validate(suite, result_format="BOOLEAN_ONLY")
        by_name = {a.expectation_config.meta["check"]: a for a in outcome.results}
        return [by_name[check.name] for check in checks]

    def alone(self, check: Check, result_format: Any = "BOOLEAN_ONLY") -> Any:
        """The library's answer to one check, or the exception it raised."""
        try:
            return self.batch.validate(self._expectation(check), result_format=result_format)
        except Exception as error:
            return error

    def told(self, check: Check) -> list[str]:
        """The first cases in the words that the check has for them, each once."""
        if not check.tells:
            return []
        found = self.con.cursor().execute(
            f"select distinct {check.tells} as told from ({self.suite.query(check)})"
            f" where told is not null order by told limit {MOST_TOLD + 1}"
        )
        told = [row[0] for row in found.fetchall()]
        return told if len(told) <= MOST_TOLD else [*told[:MOST_TOLD], "and more"]

    def _expectation(self, check: Check) -> Any:
        # the library would put a subquery for `{batch}`, with an alias or not by what it guesses
        arguments = dict(check.arguments)
        if SQL in arguments:
            arguments[SQL] = self.suite.query(check)
        return self.library.expectation(
            check.expectation, {**arguments, "meta": {"check": check.name}}
        )


def _result(suite: Suite, check: Check, answer: Any, n_rows: int, batch: _Batch) -> CheckResult:
    reason = _reason(answer)
    if reason:
        return results.error(suite, check, reason)
    if answer.success:
        return results.passed(suite, check, n_rows, None)
    if answer.result.get("unexpected_count") is None:
        answer = batch.alone(check, COUNTS_ONLY)
        reason = _reason(answer)
        if reason:
            return results.error(suite, check, reason)
    n_unexpected = answer.result.get("unexpected_count")
    observed = answer.result.get("observed_value")
    number = observed if isinstance(observed, (int, float)) else None
    return results.failed(suite, check, n_rows, n_unexpected, number, batch.told(check))


def _reason(answer: Any) -> str:
    """Why there is no answer, without any value; empty when there is one."""
    if isinstance(answer, Exception):
        return _without_values(f"{type(answer).__name__}: {answer}")
    info = answer.exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    raised = [e for e in entries if isinstance(e, dict) and e.get("raised_exception")]
    return _without_values(str(raised[0].get("exception_message"))) if raised else ""


def _without_values(message: str) -> str:
    found = re.search(r"(\w+) Error: ([^\n]*)", message)
    if found and found[1] in SPEAKABLE:
        return f"{found[1]} error: {found[2].strip()}"
    if found:
        return f"{found[1]} error"
    missing = re.search(r'column "?(\w+)"? in BatchData does not exist', message)
    if missing:
        return f"the column {missing[1]} is missing"
    return re.split(r"\W", message, maxsplit=1)[0] or "unknown error"
