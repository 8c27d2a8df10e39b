"""What an outsider reads who takes hidden groups to be as they were.

What belongs here: which groups look as if nothing had changed in them, and the totals that are then
of too few answers. What does not: what has changed (privacy.earlier) and totals that do follow
(privacy.protection).

Somebody who sees that a location holds what it held may think the same of its hidden teams. When
people only changed their team he is wrong, and so is what he works out; but whoever checks a
release from outside, as the audit does, cannot tell it from the truth.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.privacy.blocks import Block, Measure
from pipelines.privacy.earlier import Change, ToldCells, changes_of, ever_there, moved_places


@dataclass(frozen=True)
class _Row:
    """What a total, or what is left of one, tells of the groups in it.

    A group is its place, or its place in one earlier release. `cells` of this release are needed.
    `mistaken` are places that are not as they seem: rows without them are judged as they are.
    """

    groups: frozenset[int]
    told: Change
    cells: frozenset[int] = frozenset()
    mistaken: frozenset[int] = frozenset()

    def less(self, other: _Row) -> _Row:
        return _Row(
            self.groups - other.groups,
            self.told.less(other.told),
            self.cells | other.cells,
            self.mistaken | other.mistaken,
        )


def seem_to_tell(block: Block, hidden: set[int], earlier: Sequence[ToldCells]) -> set[int]:
    """Cells to hide because a total less groups that look unchanged leaves too few answers."""
    found: set[int] = set()
    for measure in block.measures:
        if any(places for told in earlier for places in moved_places(block, measure, told)):
            rows = _too_few(block, measure, hidden, earlier)
            found.update(_to_hide(block, row) for row in rows)
    return found


def _to_hide(block: Block, row: _Row) -> int:
    """A cell of a place that is not as it seems, if there is one, and the smallest."""
    inside = {cell: block.members[cell] for cell in row.cells}
    return min(inside, key=lambda c: (row.mistaken.isdisjoint(inside[c]), len(inside[c]), c))


def _too_few(
    block: Block, measure: Measure, hidden: set[int], earlier: Sequence[ToldCells]
) -> Iterator[_Row]:
    """What is left of totals of all releases, where it is too little and rests on a wrong guess.

    A total may be locations or teams and a rest: which are taken away first makes another rest.
    """
    rows = list(_rows(block, measure, hidden, earlier))
    unlisted = block.bare_atoms(measure)
    for left in (_reduced(rows, largest_first=True), _reduced(rows, largest_first=False)):
        yield from _small_by_mistake(measure, left, unlisted)


def _small_by_mistake(
    measure: Measure, left: list[_Row], unlisted: frozenset[int]
) -> Iterator[_Row]:
    n, off = len(measure.answers), set()
    for row in left:  # fewer answers than groups: the guess is seen to be wrong
        if row.told.answers < sum(p % n not in unlisted for p in row.groups):
            off |= row.groups
    for row in left:
        is_small = row.told.answers < measure.threshold and off.isdisjoint(row.groups)
        if is_small and row.mistaken and row.cells:
            yield row


def _rows(
    block: Block, measure: Measure, hidden: set[int], earlier: Sequence[ToldCells]
) -> Iterator[_Row]:
    there = ever_there(block, measure)
    for cell, atoms in enumerate(block.members):
        if cell not in hidden and measure.cells[cell]:
            answers = float(measure.answers[list(atoms)].sum())
            yield _Row(atoms & there, _told(answers), frozenset((cell,)))
    for i, told in enumerate(earlier, start=1):
        same = _as_they_were(block, measure, hidden, told, there)
        mistaken = same.intersection(set().union(*moved_places(block, measure, told)))
        for cell, label in enumerate(block.labels):
            then = told.cells.get((measure.name, label))
            if then is not None:
                inside = block.members[cell] & there
                # a place that is not as it was has another number in each release
                groups = {p if p in same else p + i * len(measure.answers) for p in inside}
                yield _Row(frozenset(groups), _told(then[0]), mistaken=inside & mistaken)


def _told(answers: float) -> Change:
    return Change(answers, 0.0, 0.0)


def _as_they_were(
    block: Block, measure: Measure, hidden: set[int], told: ToldCells, there: frozenset[int]
) -> set[int]:
    """Places that seem to hold what they held: a total of them, told twice, does."""
    changed = changes_of(block, measure, hidden, told.cells, there)
    rows = [_Row(places, change[0]) for places, change in changed.items()]
    left = _reduced(rows, largest_first=True)
    still = [row.groups for row in left if not row.told.is_some]
    moved = [row.groups for row in left if row.told.is_some]
    while True:
        same = set().union(*still)
        doubted = set().union(*(groups for groups in moved if groups <= same))
        if not doubted:
            return same
        still = [groups for groups in still if groups.isdisjoint(doubted)]


def _reduced(rows: Iterable[_Row], *, largest_first: bool) -> list[_Row]:
    """Rows less the smaller ones they hold whole; of two of the same groups the first."""
    kept: list[_Row] = []
    at: dict[int, list[int]] = {}
    for row in sorted(rows, key=lambda row: len(row.groups)):
        left = row
        inside = {i for p in row.groups for i in at.get(p, ())}
        for i in sorted(inside, reverse=largest_first):
            if kept[i].groups <= left.groups:
                left = left.less(kept[i])
        if left.groups:
            for place in left.groups:
                at.setdefault(place, []).append(len(kept))
            kept.append(left)
    return kept
