"""Earlier releases: the same total told twice tells of those who came or went between.

What belongs here: which cells must wait, because too few answers changed since they were released.
What does not: where earlier cells are read (publishing.release) and the rest of the promise.

The change of a total less the changes of released groups in it is the change of the groups that are
left. If fewer answers than the threshold make it up, their scores follow, unless rounding blurs
them by PROTECTION of the scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from pipelines.privacy.blocks import Block, Label, Measure
from pipelines.privacy.bounds import PROTECTION

ROUNDED_TO = 0.1
"""Step of released scores."""
DUST = 1e-6
EARLIER_SCHEMA = {
    "release_id": pl.String,
    "unit_level": pl.String,
    "unit_id": pl.String,
    "period_id": pl.String,
    "metric_id": pl.String,
    "n_responses": pl.Int64,
    "value": pl.Float64,
}
"""Released cells of earlier releases."""


@dataclass(frozen=True)
class Change:
    """What a total differs by from an earlier release: answers, score sum, its blur by rounding."""

    answers: float
    score: float
    blur: float

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


Earlier = Mapping[tuple[str, Label], tuple[float, float]]
"""Metric and label -> answers and score of one earlier release."""


def earlier_releases(cells: pl.DataFrame, earlier: pl.DataFrame) -> list[Earlier]:
    """Released cells by release, of the periods and metrics in which anything has changed since."""
    found: dict[str, dict] = {}
    changed = changed_since(cells, earlier)
    told = earlier.join(changed, on=changed.columns, how="semi")
    for release, *label, metric, answers, value in told.select(list(EARLIER_SCHEMA)).iter_rows():
        found.setdefault(release, {})[metric, tuple(label)] = (answers, value)
    distinct: list[Earlier] = []
    for told_then in found.values():
        if told_then not in distinct:
            distinct.append(told_then)
    return distinct


def changed_since(cells: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Releases, periods and metrics in which any cell has changed since."""
    keys = ["unit_level", "unit_id", "period_id", "metric_id"]
    both = earlier.join(cells.select(*keys, "n_responses", "value"), on=keys, suffix="_now")
    moved = (pl.col("n_responses") != pl.col("n_responses_now")) | (
        (pl.col("value") - pl.col("value_now")).abs() > ROUNDED_TO / 2 + DUST
    )
    return both.filter(moved).select("release_id", "period_id", "metric_id").unique()


def must_wait(block: Block, hidden: set[int], earlier: Iterable[Earlier]) -> set[int]:
    """Cells to hide because a change since an earlier release gives few answers away."""
    found: set[int] = set()
    for release in earlier:
        for measure in block.measures:
            found |= _waiting(block, measure, hidden | found, release)
    return found


def _waiting(block: Block, measure: Measure, hidden: set[int], release: Earlier) -> set[int]:
    changes = _changes(block, measure, hidden, release)
    if not any(c.answers or abs(c.score) > c.blur / 2 + DUST for c in changes.values()):
        return set()
    known = {next(iter(a)): c for a, c in changes.items() if len(a) == 1}
    cell_of = {block.members[c]: c for c in range(len(block.labels)) if c not in hidden}
    found, left_over = set(), []
    for atoms, change in sorted(changes.items(), key=lambda item: (len(item[0]), sorted(item[0]))):
        left, rest = change, set(atoms)
        for atom in atoms & known.keys() if len(atoms) > 1 else ():
            left = left.less(known[atom])
            rest.discard(atom)
        for others, change_of_others in left_over:
            if others <= rest:
                left = left.less(change_of_others)
                rest -= others
        if not rest:
            continue
        if len(atoms) > 1:
            left_over.append((frozenset(rest), left))
        if left.gives_away(measure):
            moved = [frozenset((a,)) for a in atoms & known.keys() if known[a].answers]
            options = [s for s in (*moved, atoms) if s in cell_of]
            smallest = min(options, key=lambda s: measure.answers[list(s)].sum())
            found.add(cell_of[smallest])
    return found


def _blur(measure: Measure, answers: float) -> float:
    """Width a rounded score leaves open for the score sum: none where only one sum fits."""
    if measure.counts_only:
        return float("inf")
    width = ROUNDED_TO * answers
    return width if width > measure.step else 0.0


def _changes(
    block: Block, measure: Measure, hidden: set[int], release: Earlier
) -> dict[frozenset[int], Change]:
    """Set of atoms -> change, where the total is shown now and was shown then."""
    found = {}
    for cell, label in enumerate(block.labels):
        then = release.get((measure.name, label))
        if cell in hidden or then is None or not measure.cells[cell]:
            continue
        atoms = list(block.members[cell])
        answers = float(measure.answers[atoms].sum())
        weights = measure.weights
        score = float(sum(w * measure.parts[i, atoms].sum() for i, w in enumerate(weights)))
        blur = _blur(measure, answers) + _blur(measure, then[0])
        found[block.members[cell]] = Change(
            answers - then[0], score - then[0] * (then[1] or 0.0), blur
        )
    return found
