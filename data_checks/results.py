"""What a check found: counts and one sentence, never a value of a row.

What belongs here: the result type, its wording, and the JSON record of a suite, written and read.
What does not: evaluating anything (data_checks.runner).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from data_checks.registry import Check, Severity, Suite

Outcome = Literal["passed", "failed", "error"]


@dataclass(frozen=True)
class CheckResult:
    """Outcome of one check; `error` means it could not be evaluated, and is never a pass."""

    table: str
    check: str
    severity: Severity
    outcome: Outcome
    n_evaluated: int | None
    n_unexpected: int | None
    observed: float | str | None
    sentence: str

    @property
    def stops(self) -> bool:
        """True when nothing downstream may be made."""
        return self.outcome == "error" or (self.outcome == "failed" and self.severity == "critical")


def passed(suite: Suite, check: Check, n_rows: int, observed: float | None) -> CheckResult:
    """The rule holds."""
    sentence = f"{suite.name}: {check.name} holds ({n_rows:,} rows)."
    return CheckResult(
        suite.name, check.name, check.severity, "passed", n_rows, 0, observed, sentence
    )


def failed(
    suite: Suite,
    check: Check,
    n_rows: int,
    n_unexpected: int | None,
    observed: float | None,
    told: Sequence[str] = (),
) -> CheckResult:
    """The rule is broken; `told` are the first cases, where the check has words for them."""
    if n_unexpected is not None:
        found = f"{n_unexpected:,} {'case' if n_unexpected == 1 else 'cases'}"
    else:
        found = f"observed {observed:g}" if observed is not None else "not met"
    found += "".join(f"; {case}" for case in told)
    sentence = f"{suite.name}: {check.name} fails ({found}; {n_rows:,} rows). {check.why}"
    return CheckResult(
        suite.name, check.name, check.severity, "failed", n_rows, n_unexpected, observed, sentence
    )


def error(suite: Suite, check: Check, reason: str) -> CheckResult:
    """The rule could not be evaluated."""
    sentence = f"{suite.name}: {check.name} could not be evaluated: {reason}."
    return CheckResult(
        suite.name, check.name, check.severity, "error", None, None, reason, sentence
    )


def write_record(results: Sequence[CheckResult], folder: Path) -> list[Path]:
    """One JSON file per table, for people who look for what a run found; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for table in dict.fromkeys(result.table for result in results):
        path = folder / f"{table}.json"
        rows = [asdict(result) for result in results if result.table == table]
        path.write_text(json.dumps(rows, indent=1) + "\n", "utf-8")
        written.append(path)
    return written


def forget_records(folder: Path) -> None:
    """Take away what an earlier run found: what this one does not reach is not known of it."""
    for file in folder.glob("*.json"):
        file.unlink()


def not_met(folder: Path) -> list[str]:
    """The sentence of every check of the last run that did not hold, as it was recorded."""
    records = [json.loads(file.read_text("utf-8")) for file in sorted(folder.glob("*.json"))]
    return [one["sentence"] for rows in records for one in rows if one["outcome"] != "passed"]


def unfit(folder: Path, suites: Sequence[Suite]) -> list[str]:
    """Why nothing may be released: what stopped, and tables not looked at since raw was made."""
    found = []
    for suite in suites:
        file = folder / f"{suite.name}.json"
        if not file.exists():
            found.append(f"{suite.name}: its checks have not been made.")
            continue
        results = [CheckResult(**row) for row in json.loads(file.read_text("utf-8"))]
        found += [result.sentence for result in results if result.stops]
    return found
