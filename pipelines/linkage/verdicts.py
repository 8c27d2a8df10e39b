"""From numbers to a verdict: one p per question, one family per run, five possible answers.

Here: the family-wide q-values and the verdict of every question, decided from rows alone, so that
the same function serves one estimator and a whole run. Not here: the guards that refuse rows or the
words of a sentence.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import polars as pl

from pipelines.linkage.estimates import ESTIMATES_SCHEMA, GUARDS_SCHEMA, Linkage, frame
from pipelines.linkage.guards import CATALOGUE
from pipelines.linkage.multiplicity import adjust_p_values
from pipelines.linkage.sentences import sentence

ALPHA = 0.05
MANY_QUESTIONS = 200
DIRECTED = ("slope", "difference", "std_slope")

Row = dict[str, Any]


def combine(results: Iterable[Linkage]) -> Linkage:
    """All results of one run together, judged as one family.

    Measures nothing new: every non-primary question of the run is in one family of
    ``q_(i) = min_(j >= i) p_(j) m/j`` (Benjamini and Hochberg 1995); a primary question keeps
    q = p. Verdicts and sentences are made anew, because they depend on q. It misleads when it gets
    part of a run: q-values are then too small, so call it once with everything.

    >>> guess = {"component": "observed", "effect_type": "F", "primary": False}
    >>> asked = [settle([guess | {"question_id": k, "p_value": p}], [])
    ...     for k, p in (("a", 0.01), ("b", 0.04), ("c", 0.60))]
    >>> [q["q_value"] for q in combine(asked).estimates.to_dicts()]
    [0.03, 0.06, 0.6]
    """
    results = list(results)
    companions: dict[str, list[pl.DataFrame]] = {}
    for result in results:
        for name, table in result.companions.items():
            companions.setdefault(name, []).append(table)
    return settle(
        [row for result in results for row in result.estimates.to_dicts()],
        [row for result in results for row in result.guards.to_dicts()],
        {name: pl.concat(tables, how="vertical_relaxed") for name, tables in companions.items()},
    )


def settle(
    rows: Sequence[Row], guards: Sequence[Row], companions: dict[str, pl.DataFrame] | None = None
) -> Linkage:
    """Rows with q-values, verdicts and sentences; the input rows are not changed."""
    questions: dict[str, list[Row]] = {}
    for row in rows:
        questions.setdefault(row["question_id"], []).append(dict(row))
    _assign_q(questions)
    for group in questions.values():
        _assign_verdict(group)
    settled = [row for group in questions.values() for row in group]
    for row in settled:
        row["sentence"] = sentence(row)
    guard_rows = [g for g in guards if g["code"] != "too_many_tests"] + _too_many(questions)
    return Linkage(
        frame(settled, ESTIMATES_SCHEMA), frame(guard_rows, GUARDS_SCHEMA), companions or {}
    )


def _question_p(group: Sequence[Row]) -> float | None:
    return next((row["p_value"] for row in group if row.get("p_value") is not None), None)


def _assign_q(questions: dict[str, list[Row]]) -> None:
    family = [key for key, group in questions.items() if not group[0].get("primary")]
    p = [_question_p(questions[key]) for key in family]
    q = adjust_p_values(np.array([np.nan if v is None else v for v in p]), method="BH")
    by_key = {key: float(value) for key, value in zip(family, q, strict=True) if np.isfinite(value)}
    for key, group in questions.items():
        for row in group:
            if row.get("p_value") is None:
                continue
            primary = bool(row.get("primary"))
            row["q_value"] = row["p_value"] if primary else by_key[key]
            row["p_adjust_method"] = "none" if primary else "BH"
            row["family"] = "primary" if primary else "run"


def _assign_verdict(group: list[Row]) -> None:
    verdict = question_verdict(group)
    for row in group:
        if row.get("verdict") != "refused" and row.get("p_value") is not None:
            row["verdict"] = verdict


def question_verdict(group: Sequence[Row]) -> str | None:
    """Verdict of the rows of one question.

    Order: refused; supported or opposite (q at most .05 and the observed interval off zero);
    practically_none (the 90% interval of a corrected row inside the smallest effect of interest);
    inconclusive. Undirected tests (do segments differ?) are supported by q alone.

    >>> question_verdict([{"component": "observed", "effect_type": "slope", "p_value": 0.01,
    ...     "q_value": 0.01, "estimate": 2.0, "conf_low": 1.0, "conf_high": 3.0,
    ...     "expected_sign": "positive"}])
    'supported'
    """
    open_rows = [r for r in group if r.get("verdict") != "refused" and r.get("p_value") is not None]
    if not open_rows:
        return "refused" if any(r.get("verdict") == "refused" for r in group) else None
    lead = next((r for r in open_rows if r["component"] == "observed"), open_rows[0])
    certain = lead["q_value"] is not None and lead["q_value"] <= ALPHA
    if lead["effect_type"] not in DIRECTED:
        return "supported" if certain else "inconclusive"
    low, high = lead["conf_low"], lead["conf_high"]
    if certain and low is not None and high is not None and (low > 0 or high < 0):
        expected = 1 if lead["expected_sign"] == "positive" else -1
        return "supported" if lead["estimate"] * expected > 0 else "opposite"
    return "practically_none" if any(map(_is_negligible, open_rows)) else "inconclusive"


def _is_negligible(row: Row) -> bool:
    low, high, limit = (row.get(k) for k in ("equivalence_low", "equivalence_high", "sesoi"))
    if row["component"] != "corrected" or low is None or high is None or limit is None:
        return False
    return bool(-limit < low and high < limit)


def _too_many(questions: dict[str, list[Row]]) -> list[Row]:
    asked = [g for g in questions.values() if _question_p(g) is not None]
    if len(asked) <= MANY_QUESTIONS or any(g[0].get("primary") for g in asked):
        return []
    guard_id, next_step = CATALOGUE["too_many_tests"]
    return [{
        "guard_id": guard_id, "code": "too_many_tests", "severity": "warn",
        "n_affected": len(asked), "threshold": float(MANY_QUESTIONS), "next_step": next_step,
        "message": f"{len(asked)} questions were asked and none was declared primary.",
    }]  # fmt: skip
