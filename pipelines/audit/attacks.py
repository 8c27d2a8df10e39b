"""The attacks on a release, and what each of them found.

What belongs here: one function per attack, from evidence to findings. What does not: reading files
(audit.evidence), the linear system (audit.relations, audit.bounds).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl

from pipelines.audit import bounds, relations
from pipelines.audit.evidence import Cell, Evidence, Finding
from pipelines.audit.relations import Key, Remainder, Sum
from pipelines.audit.shown import (
    left_out_estimates,
    shown_beside_reason,
    small_groups_shown,
    unknown_columns,
    unknown_tables,
)
from pipelines.audit.wording import cell_name, equation

LEAST = 0.2
"""Narrowest interval for the mean of a hidden group that the promise allows: share of the scale."""
SLACK = 1e-6
ENOUGH_SUMS = 5
"""Complete sums of a kind that make an outsider sure of all, where another kind has rests."""


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
    return found


def differencing(evidence: Evidence) -> list[Finding]:
    """Totals less released groups, in every combination: by equations, then by bounds."""
    totals = relations.sums(evidence)
    by_metric = _reduced(evidence, totals)
    findings, waiting = [], []
    for metric, rows in by_metric.items():
        threshold = evidence.threshold(metric)
        small = [r for r in rows if not r.rest and r.answers < threshold]
        findings += [Finding("differencing", _too_few(evidence, r)) for r in small]
        said = {k for r in small for k in r.hidden}
        scale = evidence.scales.get(metric, (0.0, 0.0))
        waiting += [
            (system, scale)
            for system in relations.systems(rows)
            if not any(r.hidden & said for r in system)
        ]
    for placed in bounds.place(waiting):
        sentence = _too_narrow(evidence, placed)
        if sentence:
            findings.append(Finding("bounds", sentence))
    return findings


def _reduced(evidence: Evidence, totals: list[Sum]) -> dict[str, list[Remainder]]:
    """What is left of the released totals, by metric, under what can be assumed about rests.

    A hidden row holds an answer at least. A remainder with fewer answers than hidden groups refutes
    that its totals are complete; they are then taken to hold answers of no group, and all is
    worked out anew.
    """
    rests = _rests(evidence, totals)
    refuted: set[Key] = set()

    def is_possible(kind: str, total: Key) -> bool | None:
        found = rests(kind, total)
        return True if found is False and _place(evidence, total) in refuted else found

    while True:
        by_metric: dict[str, list[Remainder]] = defaultdict(list)
        for one in relations.remainders(evidence.cells, totals, is_possible):
            by_metric[one.total[0]].append(one)
        rows = {metric: relations.reduced(mine) for metric, mine in by_metric.items()}
        wrong = {
            _place(evidence, key)
            for found in rows.values()
            for r in found
            if not r.rest and r.answers < len(r.hidden)
            for key in (r.total, *r.subtracted)
        }
        if wrong <= refuted:
            return rows
        refuted |= wrong


def _rests(evidence: Evidence, totals: list[Sum]) -> Callable[[str, Key], bool | None]:
    """What released sums show of each kind: complete, with answers in no group, or no sums.

    One voice answers in the same places whatever the metric. Where answers of a voice are in no
    group somewhere, a kind is taken to be complete only if enough released sums of it are.
    """
    cells = evidence.cells
    seen: dict[tuple[str, str], dict[int, set[Key]]] = defaultdict(lambda: defaultdict(set))
    for kind, total, parts in totals:
        group = [cells[total], *(cells[p] for p in parts)]
        if not any(c.is_hidden for c in group):
            left = cells[total].answers - sum(cells[p].answers for p in parts)
            place = _place(evidence, total)
            seen[place[0], kind][(left > 0) - (left < 0)].add(place)

    with_rest = {voice for (voice, _), signs in seen.items() if signs[1]}

    def is_possible(kind: str, total: Key) -> bool | None:
        voice = _place(evidence, total)[0]
        signs = seen[voice, kind]
        if signs[-1]:
            return None
        is_sure = len(signs[0]) >= ENOUGH_SUMS or voice not in with_rest
        return bool(signs[1]) or not is_sure

    return is_possible


def _place(evidence: Evidence, key: Key) -> Key:
    """A cell whatever its metric: its voice, level, unit and period."""
    return (evidence.voices.get(key[0], "employee"), *key[1:])


def _too_few(evidence: Evidence, one: Remainder) -> str:
    names = ", ".join(cell_name(evidence, k, short=True) for k in sorted(one.hidden)[:4])
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
    found += relations.remainders(changes, complete, lambda _kind, _total: False, whole=True)
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
