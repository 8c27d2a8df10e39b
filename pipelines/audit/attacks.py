"""The attacks on a release, and what each of them found.

What belongs here: one function per attack, from evidence to findings. What does not: reading files
(audit.evidence), the linear system (audit.relations, audit.bounds), what came between two releases
(audit.earlier), and slopes that hang on one unit (audit.dominance).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace

import polars as pl

from pipelines.audit import bounds, relations
from pipelines.audit.answers import COUNTS_ONLY, Answers
from pipelines.audit.dominance import dominance
from pipelines.audit.earlier import earlier_release, other_periods
from pipelines.audit.evidence import Evidence, Finding
from pipelines.audit.freedom import LEAST, System
from pipelines.audit.joined import join
from pipelines.audit.relations import Remainder, Sum
from pipelines.audit.shown import (
    left_out_estimates,
    second_scores,
    shown_beside_reason,
    small_groups_shown,
    unknown_columns,
    unknown_tables,
)
from pipelines.audit.wording import cell_name, equation

SLACK = 1e-6


def attack(evidence: Evidence, before: list[Evidence]) -> list[Finding]:
    """Every attack on one release, earlier ones at hand; no findings: the promise holds."""
    found = [*unknown_tables(evidence), *left_out_estimates(evidence)]
    if evidence.publication["suppression"] != "thresholds":
        return found
    found += unknown_columns(evidence)
    found += shown_beside_reason(evidence)
    found += small_groups_shown(evidence)
    found += second_scores(evidence)
    totals = relations.sums(evidence)
    compared = [e for e in before if e.publication["suppression"] == "thresholds"]
    alone = differencing(evidence, totals)
    found += alone
    found += inversion(evidence)
    found += dominance(evidence)
    for earlier in compared:
        found += earlier_release(evidence, earlier, totals)
        found += other_periods(evidence, earlier)
    return found if alone else found + joined_releases(evidence, compared)


def differencing(evidence: Evidence, totals: list[Sum]) -> list[Finding]:
    """Totals less released groups, in every combination: by equations, then by bounds."""
    found = relations.remainders(evidence.cells, totals, evidence.rest, whole=True)
    return [*_misdescribed(evidence, found), *_worked_out(evidence, found)]


def joined_releases(evidence: Evidence, before: list[Evidence]) -> list[Finding]:
    """The same with the sums of all releases, over groups that are taken to be as they were."""
    together = join(evidence, before)
    if together is None:
        return []
    found = [
        replace(r, is_past=together.told_before.issuperset((r.total, *r.subtracted)))
        for r in relations.remainders(together.cells, together.totals, together.rest)
    ]
    return [
        Finding("joined_releases", f.sentence) for f in _worked_out(together, found, is_sure=False)
    ]


def _worked_out(
    evidence: Evidence, found: list[Remainder], *, is_sure: bool = True
) -> list[Finding]:
    """Hidden groups that remainders tell of; what is not sure and does not fit tells nothing.

    What earlier releases tell without this one is not laid to it: hiding more takes nothing back.
    """
    findings = []
    by_metrics: dict[str, list[Remainder]] = defaultdict(list)
    for one in found:
        if one.unknown:
            by_metrics[one.total[0]].append(one)
    waiting = []
    for metrics, mine in by_metrics.items():
        threshold = evidence.threshold(metrics)
        rows = relations.reduced(r for r in mine if r.hidden)
        if not is_sure:
            off = {k for r in rows if r.answers < len(r.hidden) for k in r.unknown}
            rows = [r for r in rows if not r.unknown & off]
        beside = [r for r in mine if not r.hidden and 0 < r.answers < threshold and not r.is_past]
        small = [r for r in rows if r.answers < threshold and not r.is_past]
        findings += [Finding("differencing", _too_few(evidence, r)) for r in (*small, *beside)]
        said = {k for r in small for k in r.hidden}
        waiting += [
            System(system, evidence.answers.get(metrics, COUNTS_ONLY), threshold)
            for system in relations.systems(rows)
            if not (any(r.hidden & said for r in system) or all(r.is_past for r in system))
        ]
    for placed in bounds.place(waiting):
        sentence = _too_narrow(evidence, placed)
        if sentence:
            findings.append(Finding("bounds", sentence))
    return findings


def _misdescribed(evidence: Evidence, found: list[Remainder]) -> Iterator[Finding]:
    """Released sums that are not as the publication says: the attack would start from a mistake."""
    for one in found:
        if one.answers < len(one.hidden) or (one.answers and not one.unknown):
            yield Finding(
                "sums",
                f"{equation(evidence, one)} leaves {one.answers} answers of {len(one.hidden)} "
                "hidden groups, and the publication says that these groups are all of it.",
            )


def _too_few(evidence: Evidence, one: Remainder) -> str:
    groups = [cell_name(evidence, k, short=True) for k in sorted(one.hidden)[:4]]
    names = ", ".join(groups) or "people in none of these groups"
    return (
        f"{equation(evidence, one)} leaves {one.answers} answers of {names}: "
        f"fewer than {evidence.threshold(one.total[0])}."
    )


def _too_narrow(evidence: Evidence, placed: bounds.Placed) -> str | None:
    threshold, groups = evidence.threshold(placed.group[0]), len(placed.told_by.hidden)
    low_n, high_n = placed.count
    if low_n >= threshold - SLACK:
        return None
    told = equation(evidence, placed.told_by)
    name = cell_name(evidence, placed.group)
    if high_n - low_n < threshold - 2 - SLACK:
        return f"{told} places the answers of {name} between {low_n:.0f} and {high_n:.0f}."
    may_all_be_large = placed.told_by.answers >= threshold * groups
    answers = evidence.answers.get(placed.group[0], COUNTS_ONLY)
    for figure, (low, high) in placed.means.items():
        if may_all_be_large and _agrees(placed.told_by, answers, figure):
            continue  # large groups that agree are not hidden
        if high - low < LEAST * answers.widths[figure] - SLACK:
            metric = answers.figures[figure][0]
            of = f"{metric} of " if len(answers.metrics) > 1 else ""
            return f"{told} places the score of {of}{name} between {low:.1f} and {high:.1f}."
    return None


def _agrees(one: Remainder, answers: Answers, figure: int) -> bool:
    """Whether every answer of a remainder lies at one end of a scale, or nearly."""
    room = min(
        one.high[figure] - answers.least[figure] * one.answers,
        answers.most[figure] * one.answers - one.low[figure],
    )
    return room < LEAST * answers.widths[figure]


def inversion(evidence: Evidence) -> Iterator[Finding]:
    """Estimates that count more answers than the released cells hold were made from hidden ones."""
    estimates = evidence.tables.get("linkage_estimates")
    if estimates is None:
        return
    released: dict[str, int] = defaultdict(int)
    for (metrics, level, _, _), cell in evidence.cells.items():
        if level == "unit" and not cell.is_hidden:
            released[metrics] += cell.answers
    sides = (("x_measure", "n_responses_x"), ("y_measure", "n_responses_y"))
    for measure, count in sides:
        if measure not in estimates.columns or count not in estimates.columns:
            continue
        counted = estimates.filter(pl.col(count).is_not_null())
        largest = counted.group_by("question_id", measure).agg(pl.col(count).max())
        for question, metric, n in largest.sort("question_id").iter_rows():
            metrics = evidence.metrics_with.get(metric)
            told = n if metrics is None else released[metrics]
            if n > told:
                yield Finding(
                    "inversion",
                    f"linkage_estimates, question {question}: {n:,} answers of {metric}, but the "
                    f"released cells hold {told:,}. It was made from hidden cells, "
                    "and whoever knows the others can work them out.",
                )
