"""Places that moved by few answers: what they were, and those few.

What belongs here: which differences of two versions of a place are few answers, and what earlier
releases told when the larger version is the smaller one and a group of those who moved. What does
not: the versions (privacy.joined) and what follows from all totals (privacy.equations).

Whoever knows that one person left a team of eight takes the seven of now from the ten of their
location then: three are left, the small team of two and the one who left.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipelines.privacy.atoms import TOLERANCE
from pipelines.privacy.blocks import Earlier, Measure
from pipelines.privacy.earlier import most_exact


@dataclass
class Apart:
    """Larger versions of places of one metric, taken apart.

    `spread`: atom -> its place when it had fewer answers, and those that are there besides.
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
        most = most_exact(measure)
        exact = {a: r for a, r in parts.items() if measure.answers[list(a)].sum() <= most}
        return [
            Earlier(parts, spread=self.spread, movers=frozenset(self.movers)),
            Earlier(exact, spread=self.spread, most_answers=most),
        ]


def those_besides(few: tuple[float, ...], many: tuple[float, ...]) -> tuple[float, ...]:
    """Answers, people and parts of those that the larger version holds besides the smaller.

    The people are at least those the smaller version does not have, and at least the answers that
    nobody of the larger one can have given twice.
    """
    answers, more_people, *parts = (b - a for a, b in zip(few, many, strict=True))
    twice = many[0] - many[1]
    return answers, min(max(more_people, answers - twice, 1.0), answers), *parts


def are_few_answers(measure: Measure, figures: tuple[float, ...]) -> bool:
    """Whether a difference (answers, people, parts) can be answers of fewer people than the
    threshold, all come or all gone.
    """
    answers, people, *parts = figures
    if answers <= 0 or people >= measure.threshold:
        return False
    if len(parts) == 1:
        low, high = measure.low * answers, measure.high * answers
        return low - TOLERANCE <= parts[0] <= high + TOLERANCE
    return not parts or (min(parts) >= -TOLERANCE and sum(parts) <= answers + TOLERANCE)
