"""Earlier releases: the same total told twice tells of those who came or went between.

What belongs here: which cells must wait, because too few answers changed since they were released.
What does not: where earlier cells are read (publishing.release) and the rest of the promise.

The change of a total less the changes of released groups in it is the change of the groups that are
left. If fewer answers than the threshold make it up, their scores follow, unless rounding blurs
them by PROTECTION of the scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.privacy.blocks import Block, Label, Measure
from pipelines.privacy.bounds import PROTECTION
from pipelines.privacy.combined_changes import told_groups

ROUNDED_TO = 0.1
"""Step of released scores."""
DUST = 1e-6
TOLD = ("release_id", "unit_level", "unit_id", "period_id", "metric_id", "n_responses", "value")
"""What a released cell tells."""


@dataclass(frozen=True)
class Change:
    """What a total differs by from an earlier release: answers, score sum, its blur by rounding."""

    answers: float
    score: float
    blur: float

    @property
    def is_some(self) -> bool:
        """Whether anything is different, as far as rounding lets it be seen."""
        return bool(self.answers) or abs(self.score) > self.blur / 2 + DUST

    def less(self, other: Change) -> Change:
        """The change of what is left without the other."""
        return Change(
            self.answers - other.answers, self.score - other.score, self.blur + other.blur
        )

    def gives_away(self, measure: Measure) -> bool:
        """Whether the scores of too few answers follow from it."""
        few = abs(self.answers)
        if few >= measure.threshold or (few == 0 and abs(self.score) <= self.blur / 2 + DUST):
            return False
        return self.blur < PROTECTION * (measure.high - measure.low) * max(1.0, few)


Told = Mapping[tuple[str, Label], tuple[float, float]]
"""Metric and label -> answers and score."""


@dataclass(frozen=True)
class ToldCells:
    """What some earlier releases told alike."""

    releases: tuple[str, ...]
    cells: Told


def rounded(earlier: pl.DataFrame) -> pl.DataFrame:
    """Released cells of earlier releases as they told them, as TOLD."""
    cells = earlier.filter(pl.col("is_released") & pl.col("value").is_not_null()).select(TOLD)
    return cells.with_columns(pl.col("value").round(1))


def earlier_releases(
    cells: pl.DataFrame, earlier: pl.DataFrame, *, periods_nest: bool
) -> list[ToldCells]:
    """Released cells by release, of the periods and metrics in which anything has changed since.

    Where periods nest, those that stayed as they were are terms of the longer ones, and are kept.
    """
    found: dict[str, dict] = {}
    changed = changed_since(cells, earlier)
    told = earlier.join(changed, on=_together_in(periods_nest), how="semi")
    for release, *label, metric, answers, value in told.select(TOLD).iter_rows():
        found.setdefault(release, {})[metric, tuple(label)] = (answers, value)
    alike: list[tuple[list[str], Told]] = []
    for release, told_then in found.items():
        same = next((releases for releases, cells in alike if cells == told_then), None)
        if same is None:
            alike.append(([release], told_then))
        else:
            same.append(release)
    return [ToldCells(tuple(releases), cells) for releases, cells in alike]


def _together_in(periods_nest: bool) -> list[str]:
    return ["release_id", "metric_id"] if periods_nest else ["release_id", "period_id", "metric_id"]


def changed_since(cells: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Releases, periods and metrics in which any cell has changed since."""
    keys = ["unit_level", "unit_id", "period_id", "metric_id"]
    both = earlier.join(cells.select(*keys, "n_responses", "value"), on=keys, suffix="_now")
    return both.filter(has_moved()).select("release_id", "period_id", "metric_id").unique()


def has_moved() -> pl.Expr:
    """Whether a cell of an earlier release tells other figures than now (columns `_now`)."""
    return (pl.col("n_responses") != pl.col("n_responses_now")) | (
        (pl.col("value") - pl.col("value_now")).abs() > ROUNDED_TO / 2 + DUST
    )


def must_wait(block: Block, hidden: set[int], earlier: Iterable[ToldCells]) -> set[int]:
    """Cells to hide because a change since an earlier release gives few answers away."""
    found: set[int] = set()
    for told in earlier:
        for measure in block.measures:
            for places in (ever_there(block, measure), *moved_places(block, measure, told)):
                found |= _waiting(block, measure, hidden | found, told.cells, places)
    return found


def moved_places(block: Block, measure: Measure, told: ToldCells) -> set[frozenset[int]]:
    """Places that are not as they were, for each record of these releases."""
    known = block.earlier.get(measure.name)
    return {known.moved[r] for r in told.releases if r in known.moved} if known else set()


def _waiting(
    block: Block, measure: Measure, hidden: set[int], told: Told, places: frozenset[int]
) -> set[int]:
    """Cells to hide for what follows of the change of these places; the others have not changed."""
    every = changes_of(block, measure, hidden, told, places)
    # cells of the same atoms can have changed differently: one held a group that is gone
    changes = {atoms: found[0] for atoms, found in every.items()}
    all_changes = [c for found in every.values() for c in found]
    if not any(c.is_some for c in all_changes):
        return set()
    known = {next(iter(a)): c for a, c in changes.items() if len(a) == 1}
    by_size = sorted(set(range(len(block.labels))) - hidden, key=lambda c: -len(block.members[c]))
    cell_of = {block.members[c] & places: c for c in by_size}
    found = {
        cell_of[atoms]
        for atoms, all_ in every.items()
        if any(c.gives_away(measure) for c in all_[1:])
    }
    left_over: list[tuple[frozenset[int], Change, frozenset[int]]] = []
    gone: list[tuple[frozenset[int], Change]] = []
    for atoms, change in sorted(changes.items(), key=lambda item: (len(item[0]), sorted(item[0]))):
        left, rest = change, set(atoms)
        for atom in atoms & known.keys() if len(atoms) > 1 else ():
            left = left.less(known[atom])
            rest.discard(atom)
        for others, change_of_others, _ in left_over:
            if others <= rest:
                left = left.less(change_of_others)
                rest -= others
        ways = [left, *_without_gone(left, atoms, gone)]
        if not rest:
            gone.append((atoms, left))
        elif len(atoms) > 1:
            left_over.append((frozenset(rest), left, atoms))
        beside = (c.less(change) for c in every[atoms][1:])  # another cell of these atoms now
        gone += [(atoms, c) for c in beside if c.is_some]
        if any(way.gives_away(measure) for way in ways):
            moved = [frozenset((a,)) for a in atoms & known.keys() if known[a].answers]
            options = [s for s in (*moved, atoms) if s in cell_of]
            smallest = min(options, key=lambda s: measure.answers[list(s)].sum())
            found.add(cell_of[smallest])
    return found or _together(measure, left_over, cell_of)


def _without_gone(
    left: Change, atoms: frozenset[int], gone: list[tuple[frozenset[int], Change]]
) -> Iterator[Change]:
    """What is left of a total without each total in it, and without all that do not overlap.

    The groups of a total inside can all be known, and it has changed by more: of a group that is no
    longer there. That group is no atom, so the total itself has to be taken away.
    """
    inside = [(members, change) for members, change in gone if members < atoms]
    yield from (left.less(change) for _, change in inside)
    taken: set[int] = set()
    rest = left
    for members, change in reversed(inside):  # the larger ones first
        if not taken & members:
            taken |= members
            rest = rest.less(change)
    if len(inside) > 1:
        yield rest


def _together(
    measure: Measure,
    left_over: list[tuple[frozenset[int], Change, frozenset[int]]],
    cell_of: Mapping[frozenset[int], int],
) -> set[int]:
    """The smallest total of every combination of totals that gives few answers away."""
    for weights in told_groups([rest for rest, _, _ in left_over]):
        used = [(w, *left_over[i]) for i, w in enumerate(weights) if w]
        change = Change(
            round(sum(w * c.answers for w, _, c, _ in used), 6),
            sum(w * c.score for w, _, c, _ in used),
            sum(abs(w) * c.blur for w, _, c, _ in used),
        )
        totals = [atoms for _, _, _, atoms in used if atoms in cell_of]
        if totals and change.gives_away(measure):
            return {cell_of[min(totals, key=lambda s: measure.answers[list(s)].sum())]}
    return set()


def _blur(measure: Measure, answers: float) -> float:
    """Width a rounded score leaves open for the score sum: none where only one sum fits."""
    if measure.counts_only:
        return float("inf")
    return ROUNDED_TO * answers if answers > most_exact(measure) else 0.0


def most_exact(measure: Measure) -> float:
    """Answers up to which only one score sum fits a rounded score; a count alone tells none."""
    return 0.0 if measure.counts_only else measure.step / ROUNDED_TO


def changes_of(
    block: Block, measure: Measure, hidden: set[int], told_then: Told, places: frozenset[int]
) -> dict[frozenset[int], list[Change]]:
    """Set of places -> changes, the finest cell's first, of totals shown then and now."""
    found: dict[frozenset[int], list[Change]] = {}
    for cell, label in enumerate(block.labels):
        then = told_then.get((measure.name, label))
        if cell in hidden or then is None or not measure.cells[cell]:
            continue
        if not block.members[cell] & places:
            continue
        atoms = list(block.members[cell])
        answers = float(measure.answers[atoms].sum())
        weights = measure.weights
        score = float(sum(w * measure.parts[i, atoms].sum() for i, w in enumerate(weights)))
        blur = _blur(measure, answers) + _blur(measure, then[0])
        told = then[0] * (then[1] or 0.0)
        unrounded = ROUNDED_TO / 2 * answers + DUST
        if not blur and answers == then[0] and abs(score - told) <= unrounded:
            told = score  # only one sum fits the rounded score, so it is still this one
        change = Change(answers - then[0], score - told, blur)
        found.setdefault(block.members[cell] & places, []).append(change)
    return found


def ever_there(block: Block, measure: Measure) -> frozenset[int]:
    """Atoms that hold answers of the metric now, or held them in a release whose record is whole.

    A location and its only team that answered are one group, though others answer other metrics.
    """
    if measure.name not in block.earlier or not block.earlier[measure.name].is_whole:
        return frozenset(range(len(measure.answers)))
    return frozenset(int(measure.places[a]) for a in measure.answers.nonzero()[0])
