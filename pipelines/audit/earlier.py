"""Attacks on two releases: what came or went between them.

What belongs here: the change of each total, and periods that share days. What does not: groups that
are as they were (audit.joined).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from pipelines.audit import relations
from pipelines.audit.cells import Cell
from pipelines.audit.evidence import Evidence, Finding
from pipelines.audit.freedom import LEAST
from pipelines.audit.relations import Key, Remainder, Sum
from pipelines.audit.wording import cell_name

SLACK = 1e-6


def nobody(like: Cell) -> Cell:
    """A group that a release has no row for: no answers."""
    return Cell(like.key, 0, np.zeros_like(like.low), np.zeros_like(like.high))


def change(now: Cell, then: Cell) -> Cell:
    """What a cell differs by."""
    if now.answers is None or then.answers is None:
        return Cell(now.key, is_never_counted=now.is_never_counted or then.is_never_counted)
    return Cell(now.key, now.answers - then.answers, now.low - then.high, now.high - then.low)


def has_moved(one: Cell | Remainder) -> bool:
    """Whether a change is known and not none, as far as rounding shows."""
    if one.answers is None:
        return False
    return one.answers != 0 or bool((one.low > SLACK).any() or (one.high < -SLACK).any())


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


def earlier_release(evidence: Evidence, earlier: Evidence, sums: list[Sum]) -> list[Finding]:
    """The same total in two releases: what came or went between them is a group of its own."""
    homes = relations.linked_periods(evidence.tables["periods"])

    def block(key: Key) -> tuple[str, str]:
        return key[0], homes.get(key[3], key[3])

    both = evidence.cells.keys() & earlier.cells.keys()
    changes = {k: change(evidence.cells[k], earlier.cells[k]) for k in both}
    moved = {block(k) for k, c in changes.items() if has_moved(c)}  # the others differ by nothing
    changes = {k: changes[k] for k in evidence.cells if k in both and block(k) in moved}
    totals = [
        (kind, total, [p for p in parts if p in changes])
        for kind, total, parts in sums
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
    answers, few = evidence.answers.get(one.total[0]), abs(one.answers)
    if answers is None or few >= evidence.threshold(one.total[0]) or not has_moved(one):
        return None
    open_ = (one.high - one.low)[answers.scores]
    if (open_ >= LEAST * answers.widths[answers.scores] * max(1, few)).all():
        return None
    less = f" less {len(one.subtracted)} others" if one.subtracted else ""
    return (
        f"{cell_name(evidence, one.total)}{less}, now and in release {earlier.name}: the difference"
        f" is {one.answers:+d} answers, whose scores can be worked out."
    )
