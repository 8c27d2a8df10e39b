"""The attacks on a release, and what each of them found.

What belongs here: one function per attack, from evidence to findings. What does not: reading files
(audit.evidence), the linear system (audit.relations, audit.bounds).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipelines.audit import bounds, relations
from pipelines.audit.evidence import Cell, Evidence, Finding
from pipelines.audit.freedom import LEAST, System
from pipelines.audit.relations import Remainder
from pipelines.audit.shown import (
    left_out_estimates,
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
    found += differencing(evidence)
    found += inversion(evidence)
    for earlier in before:
        if earlier.publication["suppression"] == "thresholds":
            found += earlier_release(evidence, earlier)
            found += other_periods(evidence, earlier)
    return found


def differencing(evidence: Evidence) -> list[Finding]:
    """Totals less released groups, in every combination: by equations, then by bounds."""
    totals = relations.sums(evidence)
    found = list(relations.remainders(evidence.cells, totals, evidence.rest, whole=True))
    findings = [*_misdescribed(evidence, found)]
    by_metric: dict[str, list[Remainder]] = defaultdict(list)
    for one in found:
        if one.unknown:
            by_metric[one.total[0]].append(one)
    waiting = []
    for metric, mine in by_metric.items():
        threshold = evidence.threshold(metric)
        rows = relations.reduced(r for r in mine if r.hidden)
        beside = [r for r in mine if not r.hidden and 0 < r.answers < threshold]
        small = [r for r in rows if r.answers < threshold]
        findings += [Finding("differencing", _too_few(evidence, r)) for r in (*small, *beside)]
        said = {k for r in small for k in r.hidden}
        scale = evidence.scales.get(metric, (0.0, 0.0))
        waiting += [
            System(system, scale, threshold)
            for system in relations.systems(rows)
            if not any(r.hidden & said for r in system)
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
    metric = placed.group[0]
    threshold = evidence.threshold(metric)
    low_n, high_n = placed.count
    if low_n >= threshold - SLACK:
        return None
    told = equation(evidence, placed.told_by)
    name = cell_name(evidence, placed.group)
    if high_n - low_n < threshold - 2 - SLACK:
        return f"{told} places the answers of {name} between {low_n:.0f} and {high_n:.0f}."
    low, high = evidence.scales.get(metric, (0.0, 0.0))
    if placed.mean[1] - placed.mean[0] < LEAST * (high - low) - SLACK:
        return (
            f"{told} places the score of {name} between {placed.mean[0]:.1f} "
            f"and {placed.mean[1]:.1f}."
        )
    return None


def inversion(evidence: Evidence) -> Iterator[Finding]:
    """Estimates that count more answers than the released cells hold were made from hidden ones."""
    estimates = evidence.tables.get("linkage_estimates")
    if estimates is None:
        return
    released: dict[str, int] = defaultdict(int)
    for (metric, level, _, _), cell in evidence.cells.items():
        if level == "unit" and not cell.is_hidden:
            released[metric] += cell.answers
    sides = (("x_measure", "n_responses_x"), ("y_measure", "n_responses_y"))
    for measure, count in sides:
        if measure not in estimates.columns or count not in estimates.columns:
            continue
        counted = estimates.filter(pl.col(count).is_not_null())
        largest = counted.group_by("question_id", measure).agg(pl.col(count).max())
        for question, metric, n in largest.sort("question_id").iter_rows():
            if metric in evidence.voices and n > released[metric]:
                yield Finding(
                    "inversion",
                    f"linkage_estimates, question {question}: {n:,} answers of {metric}, but the "
                    f"released cells hold {released[metric]:,}. It was made from hidden cells, "
                    "and whoever knows the others can work them out.",
                )


def other_periods(evidence: Evidence, earlier: Evidence) -> Iterator[Finding]:
    """Months of an earlier release and a quarter of this one: the mask compares equal periods."""
    spans = {
        period: (start, end)
        for period, start, end in evidence.tables["periods"]
        .select("period_id", "period_start", "period_end")
        .iter_rows()
    }
    shown = {key[3] for key, cell in earlier.cells.items() if not cell.is_hidden}
    periods = earlier.tables["periods"].select("period_id", "period_start", "period_end")
    for period, start, end in periods.sort("period_start").iter_rows():
        if period not in shown or period in spans:
            continue
        for now, (first, last) in spans.items():
            is_part = (first <= start and end <= last) or (start <= first and last <= end)
            if is_part and (start, end) != (first, last):
                yield Finding(
                    "other_periods",
                    f"{now} of this release and {period} of release {earlier.folder.name} share "
                    "days: what one tells, less what the other tells, is what is hidden. Keep the "
                    "periods of the program as they were.",
                )
                return


def earlier_release(evidence: Evidence, earlier: Evidence) -> list[Finding]:
    """The same total in two releases: what came or went between them is a group of its own."""
    changes = {
        key: Cell(key, now.answers - then.answers, now.low - then.high, now.high - then.low)
        if not now.is_hidden and not then.is_hidden
        else Cell(key)
        for key, now in evidence.cells.items()
        if (then := earlier.cells.get(key)) is not None
    }
    totals = [
        (kind, total, [p for p in parts if p in changes])
        for kind, total, parts in relations.sums(evidence)
        if total in changes
    ]
    above = {total for _, total, parts in totals if parts}
    found = [
        Remainder(key, (), frozenset((key,)), frozenset(), c.answers, c.low, c.high)
        for key, c in changes.items()
        if not c.is_hidden and key not in above
    ]
    complete = [t for t in totals if t[2]]
    found += relations.remainders(changes, complete, lambda _metric, _kind: False, whole=True)
    out = []
    for one in found:
        sentence = _few_changed(evidence, earlier.folder, one)
        if sentence:
            out.append(Finding("earlier_release", sentence))
    return out


def _few_changed(evidence: Evidence, earlier: Path, one: Remainder) -> str | None:
    metric = one.total[0]
    least, most = evidence.scales.get(metric, (0.0, 0.0))
    few = abs(one.answers)
    if metric not in evidence.scales or few >= evidence.threshold(metric):
        return None
    is_changed = few > 0 or one.low > SLACK or one.high < -SLACK
    if not is_changed or one.high - one.low >= LEAST * (most - least) * max(1, few):
        return None
    less = f" less {len(one.subtracted)} others" if one.subtracted else ""
    return (
        f"{cell_name(evidence, one.total)}{less}, now and in release {earlier.name}: the difference"
        f" is {one.answers:+d} answers, whose scores can be worked out."
    )
