"""Versions of a place taken apart: who stayed, who came and who went.

What belongs here: what the versions of a place in several releases have in common, and what earlier
releases told when they are taken apart. What does not: the versions (privacy.joined) and what
follows from all totals (privacy.equations).

Whoever knows that one person left a team of eight takes the seven of now from the ten of their
location then: three are left, the small team of two and the one who left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from pipelines.privacy.atoms import TOLERANCE
from pipelines.privacy.blocks import Earlier, Measure
from pipelines.privacy.earlier import most_exact

Figures = tuple[float, ...]
"""Answers, people and the parts of the score sum of a group."""
NewAtom = Callable[[Measure, int, Figures], int]
"""Makes the atom of one of the groups of a place: metric, number within the place, figures."""


@dataclass
class Apart:
    """Versions of the places of one metric, taken apart.

    `spread`: version -> the groups it consists of. `movers` are the groups that came or went.
    """

    spread: dict[int, frozenset[int]] = field(default_factory=dict)
    movers: set[int] = field(default_factory=set)

    def readings(self, measure: Measure, told: Mapping[frozenset[int], float]) -> list[Earlier]:
        """What was told, twice: all of it, without a word on the movers alone, whose scores
        rounding may hide; and the totals whose rounding leaves nothing open.
        """
        if not self.spread:
            return []
        parts: dict[frozenset[int], float] = {}
        for atoms, repeats in told.items():
            apart = frozenset().union(*(self.spread.get(a, (a,)) for a in atoms))
            parts[apart] = min(repeats, parts.get(apart, repeats))
        is_in = self._are_in(measure)
        most = most_exact(measure)
        exact = {a: r for a, r in parts.items() if measure.answers[list(a)].sum() <= most}
        return [
            Earlier(parts, spread=self.spread, movers=frozenset(self.movers), is_in=is_in),
            Earlier(exact, spread=self.spread, most_answers=most, is_in=is_in),
        ]

    def _are_in(self, measure: Measure) -> np.ndarray:
        """In which releases the answers of an atom were, those of a part with its version's."""
        found = measure.is_in.copy()
        for version, parts in self.spread.items():
            found[:, list(parts)] |= measure.is_in[:, [version]]
        return found

    def add(self, measure: Measure, versions: Mapping[int, Figures], new_atom: NewAtom) -> None:
        """Take the versions of one place apart, which are given in the order of time."""
        place = _Place(measure, new_atom)
        for version, figures in versions.items():
            place.add(version, figures)
        self.spread |= {v: parts for v, parts in place.parts.items() if parts != {v}}
        self.movers |= place.movers


@dataclass
class _Place:
    """The versions of one place, and the groups each consists of."""

    measure: Measure
    new_atom: NewAtom
    figures: dict[int, Figures] = field(default_factory=dict)
    parts: dict[int, frozenset[int]] = field(default_factory=dict)
    movers: set[int] = field(default_factory=set)
    made: int = 0

    def add(self, version: int, figures: Figures) -> None:
        """One more version: the last one before it and those who came, or that one less those who
        went. One that neither holds another nor lies in it is a group by itself.
        """
        self.figures[version] = figures
        step = self._step_to(figures)
        if step is None:
            self.parts[version] = frozenset((version,))
        elif step.grew:
            came = self._mover(step.besides)
            self.parts[version] = self.parts[step.version] | {came}
        else:
            self.parts[version] = self._less(step, version)

    def _step_to(self, figures: Figures) -> _Step | None:
        for version in reversed(self.parts):
            then = self.figures[version]
            grew = figures > then
            few, many = (then, figures) if grew else (figures, then)
            step = _Step(version, those_besides(few, many), grew=grew)
            if _can_be_a_group(self.measure, step.besides):
                return step
        return None

    def _less(self, step: _Step, version: int) -> frozenset[int]:
        """The groups of a version without those who went: who came before, if as many with the
        same scores did, or else some of the largest group.
        """
        parts = self.parts[step.version]
        same = (p for p in parts if len(parts) > 1 and are_equal(self.figures[p], step.besides))
        gone = next(same, None)
        if gone is not None:
            return parts - {gone}
        largest = max(parts, key=lambda p: self.figures[p])
        stayed = those_besides(step.besides, self.figures[largest])
        if len(parts) > 1 and not _can_be_a_group(self.measure, stayed):
            return frozenset((version,))
        gone = self._mover(step.besides)
        # also of those who came before: who is left of them is judged like any group
        rest = self._atom(stayed) if len(parts) > 1 else version
        for other, inside in self.parts.items():
            if largest in inside:
                self.parts[other] = inside - {largest} | {rest, gone}
        return self.parts[step.version] - {gone}

    def _mover(self, figures: Figures) -> int:
        mover = self._atom(figures)
        self.movers.add(mover)
        return mover

    def _atom(self, figures: Figures) -> int:
        atom = self.new_atom(self.measure, self.made, figures)
        self.made += 1
        self.figures[atom] = figures
        return atom


@dataclass(frozen=True)
class _Step:
    """From one version to the next: `besides` are those that the larger one holds besides."""

    version: int
    besides: Figures
    grew: bool


def those_besides(few: Figures, many: Figures) -> Figures:
    """Answers, people and parts of those that the larger version holds besides the smaller.

    The people are at least those the smaller version does not have, and at least the answers that
    nobody of the larger one can have given twice.
    """
    answers, more_people, *parts = (b - a for a, b in zip(few, many, strict=True))
    twice = many[0] - many[1]
    return answers, min(max(more_people, answers - twice, 1.0), answers), *parts


def _can_be_a_group(measure: Measure, figures: Figures) -> bool:
    """Whether a difference (answers, people, parts) can be answers that came or went."""
    answers, _, *parts = figures
    if answers <= 0:
        return False
    if len(parts) == 1:
        low, high = measure.low * answers, measure.high * answers
        return low - TOLERANCE <= parts[0] <= high + TOLERANCE
    return not parts or (min(parts) >= -TOLERANCE and sum(parts) <= answers + TOLERANCE)


def are_equal(one: Figures, other: Figures) -> bool:
    """Whether answers and scores are the same; how many people are left of a total is a bound that
    other groups move.
    """
    both = zip(one[:1] + one[2:], other[:1] + other[2:], strict=True)
    return all(abs(a - b) < TOLERANCE for a, b in both)
