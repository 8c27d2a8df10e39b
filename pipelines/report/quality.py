"""The page on data quality: what the sources brought in, and what the checks found.

What belongs here: turning the counts of landing and the records of checks into a page whose counts
are safe to show. What does not: counting (publishing.sources) and the checks (data_checks).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl

from data_checks.registry import SCHEMAS, Suite, all_suites
from pipelines.contract import REJECT_REASONS
from pipelines.publishing.sources import SourceRows
from pipelines.report.catalogue import Catalogue
from pipelines.report.page import coded, render

FEWEST = 10
"""Counts below this are not given."""


def quality_page(
    records: Path, text: Catalogue, title: str, sources: Sequence[SourceRows] = ()
) -> str:
    """What was read, which checks ran and what they found, in counts that are safe to show.

    `records` is the folder of JSON records a run leaves, one per table.
    """
    stages = [
        {"name": text(f"quality.stage_{schema}"),
         # tables that this program has no rows for come last
         "suites": sorted((_suite(s, records, text) for s in all_suites() if s.schema == schema),
                          key=lambda made: made["is_unused"])}
        for schema in SCHEMAS
    ]  # fmt: skip
    outcomes = [c["outcome"] for stage in stages for s in stage["suites"] for c in s["checks"]]
    summary = text(
        "quality.summary", passed=text.count(outcomes.count("passed")),
        n=text.count(len(outcomes)), warnings=text.count(outcomes.count("failed")),
    )  # fmt: skip
    return render("quality.html.j2", text, stages=stages, summary=summary, program=title,
                  sources=[_source(s, text) for s in sources],
                  page_title=text("quality.title"))  # fmt: skip


def _source(found: SourceRows, text: Catalogue) -> dict[str, Any]:
    files = "quality.file" if found.files == 1 else "quality.files"
    return {
        "source": found.source, "table": found.table, "files": text(files, n=found.files),
        "read": safe_count(found.rows_read, text), "kept": safe_count(found.rows_kept, text),
        "left_out": [
            (coded(text.described(REJECT_REASONS.get(reason, reason))), safe_count(n, text))
            for reason, n in found.left_out.items()
        ],
    }  # fmt: skip


def _suite(suite: Suite, records: Path, text: Catalogue) -> dict[str, Any]:
    path = records / f"{suite.name}.json"
    found: Sequence[dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else []
    by_check = {row["check"]: row for row in found}
    checks = []
    for check in suite.checks:
        row = by_check.get(check.name, {"outcome": "error", "n_evaluated": None,
                                        "n_unexpected": None})  # fmt: skip
        checks.append({
            "name": check.name, "why": coded(text.described(check.why)), "outcome": row["outcome"],
            "rows": safe_count(row["n_evaluated"], text),
            "cases": safe_count(row["n_unexpected"], text),
        })  # fmt: skip
    # no row was looked at, and nothing was found amiss with that
    is_unused = bool(found) and all(
        row["n_evaluated"] in (0, None) and row["outcome"] == "passed" for row in found
    ) and any(row["n_evaluated"] == 0 for row in found)  # fmt: skip
    return {"table": suite.table, "checks": checks, "is_unused": is_unused}


def safe_count(n: int | None, text: Catalogue) -> str:
    """A count no single person can be told from: two digits, whole tens, none below ten.

    >>> [safe_count(n, Catalogue()) for n in (3, 1234, 0, 86)]
    ['fewer than 10', '1,200', '0', '90']
    """
    if n is None:
        return "–"
    if 0 < n < FEWEST:
        return text("quality.few")
    # in tens below a hundred too: all that was read less the shown cells would count a hidden one
    rounded = pl.Series([float(n)]).round_sig_figs(2 if n >= 100 else 1)[0]
    return text.count(int(rounded))
