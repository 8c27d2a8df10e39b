"""Run every design at full size and write the validation page: ``python -m tests.recovery.full``.

Takes the number of repetitions (400 by default) and of processes; writes ``docs/validation.md``.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("POLARS_MAX_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.recovery.designs import DESIGNS
from tests.recovery.outcomes import Outcomes
from tests.recovery.trial import Finding, repetition, summarise

PAGE = Path(__file__).parents[2] / "docs" / "validation.md"
CHUNK = 20


def _chunk(task: tuple[str, int, int]) -> tuple[str, list[Outcomes]]:
    key, start, stop = task
    return key, [repetition(key, number) for number in range(start, stop)]


def run(
    keys: list[str], repetitions: int, processes: int, first: int = 0
) -> dict[str, list[Finding]]:
    """All outcomes of the designs named; ``first`` starts at other seeds."""
    tasks = [
        (key, start, min(start + CHUNK, first + repetitions))
        for key in keys
        for start in range(first, first + repetitions, CHUNK)
    ]
    outcomes: dict[str, list[Outcomes]] = {key: [] for key in keys}
    with ProcessPoolExecutor(processes) as pool:
        for key, part in pool.map(_chunk, tasks):
            outcomes[key] += part
    return {key: summarise(key, outcomes[key]) for key in keys}


def _commit() -> str:
    root = PAGE.parents[1]
    found = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout.strip() or "unknown"


def _bound(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _line(found: Finding) -> str:
    accepted, met = "", "for information"
    if found.low is not None and found.high is not None:
        accepted = f"{_bound(found.low)} to {_bound(found.high)}"
        met = "yes" if found.is_met() else "**no**"
        if not found.is_met():
            gap = found.low - found.mean if found.mean < found.low else found.mean - found.high
            near = "within 2 Monte-Carlo SE" if gap <= 2 * found.chance else "beyond chance"
            met += f", by {gap:.3f} ({near})"
    name = found.outcome.replace("_", " ")
    return f"| {name} | {found.mean:.3f} | {found.std_error:.3f} | {found.n} | {accepted} | {met} |"


def _again(missed: list[Finding], again: dict[str, list[Finding]]) -> list[str]:
    """What was missed, beside fresh repetitions; the first result stays as it is."""
    if not missed:
        return []
    lines = [
        "## Missed outcomes, with fresh seeds", "",
        "The tables above stand. This one tells a miss by chance from one of the method.", "",
        "| design and outcome | first | fresh | Monte-Carlo SE | n | accepted |",
        "|---|---|---|---|---|---|",
    ]  # fmt: skip
    for found in missed:
        fresh = next(f for f in again[found.design] if f.outcome == found.outcome)
        accepted = f"{_bound(found.low or 0.0)} to {_bound(found.high or 0.0)}"
        lines.append(
            f"| {found.design} {found.outcome.replace('_', ' ')} | {found.mean:.3f} "
            f"| {fresh.mean:.3f} | {fresh.std_error:.3f} | {fresh.n} | {accepted} |"
        )
    return [*lines, ""]


def _missed(results: dict[str, list[Finding]]) -> list[Finding]:
    return [f for found in results.values() for f in found if not f.is_met()]


def page(
    results: dict[str, list[Finding]], again: dict[str, list[Finding]], repetitions: int,
    seconds: float, commit: str,
) -> str:  # fmt: skip
    """The validation page as Markdown."""
    titles = {d.key: d.title for d in DESIGNS}
    judged = [f for found in results.values() for f in found if f.low is not None]
    missed = _missed(results)
    lines = [
        "# Validation",
        "",
        "Simulated companies with known links, read through the result rows a user sees. The",
        "designs are in `tests/recovery/design_*.py`, their bounds in `designs.py`, the company in",
        "`worlds.py`.",
        "",
        f"Run on {datetime.now(UTC).date().isoformat()} at commit `{commit}`:",
        f"{repetitions} repetitions per design, {seconds:.0f} s.",
        f"{len(judged) - len(missed)} of {len(judged)} judged outcomes",
        "lie inside their bounds. Bounds are never widened; an outcome outside says by how much.",
        "Refused repetitions do not count in coverage or false-positive rates; column n shows how",
        "many remain. Repeat with `python -m tests.recovery.full`.",
        "",
    ]
    for key, found in results.items():
        lines += [
            f"## {key} {titles[key]}",
            "",
            "| outcome | mean | Monte-Carlo SE | n | accepted | met |",
            "|---|---|---|---|---|---|",
        ]
        lines += [_line(f) for f in found]
        lines.append("")
    lines += _again(missed, again)
    lines += [
        "## S20 size", "",
        "50,000 units x 24 periods is timed by `benchmarks/linkage/report.py`, not here.", "",
    ]  # fmt: skip
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repetitions", type=int, default=400)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--designs", nargs="*", default=[d.key for d in DESIGNS])
    parser.add_argument("--output", type=Path, default=PAGE)
    chosen = parser.parse_args()
    start, commit = time.monotonic(), _commit()
    results = run(chosen.designs, chosen.repetitions, chosen.processes)
    doubtful = list({f.design for f in _missed(results)})
    again = run(doubtful, 3 * chosen.repetitions, chosen.processes, first=chosen.repetitions)
    text = page(results, again, chosen.repetitions, time.monotonic() - start, commit)
    chosen.output.write_text(text)
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
