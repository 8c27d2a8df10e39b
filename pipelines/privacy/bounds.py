"""How narrowly released totals place a hidden group: intervals of its score sum and its count.

What belongs here: the widest freedom left to a group, in closed form for one equation and as linear
programmes for several. What does not: solving these (privacy.widths), and which systems of
equations there are (privacy.protection).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from pipelines.privacy.blocks import Measure, Together
from pipelines.privacy.equations import Equation
from pipelines.privacy.widths import Programme, Widths, directions_unseen

PROTECTION = 0.2
"""Narrowest interval for the mean of a hidden group, as a share of the metric's scale."""
TOLERANCE = 1e-6
Width = Callable[[int], float]
"""Width of the group of a number in a system."""


@dataclass(frozen=True)
class System:
    """Equations of one metric that share atoms; `groups` are the sets to be bounded.

    That an atom holds an answer at least may be known: its row is in a table, or will be in that
    of a later release, when the others of its total are gone.
    """

    measure: Measure
    equations: tuple[Equation, ...]
    groups: tuple[frozenset[int], ...]

    @cached_property
    def atoms(self) -> list[int]:
        """Atoms of the equations, in order."""
        return sorted({a for e in self.equations for a in e.atoms})

    @cached_property
    def together(self) -> Together | None:
        """Metrics of the same answers, of which this release tells the same totals."""
        joint = self.measure.together
        is_of_now = all(e.needs is None for e in self.equations)
        if joint is None or not is_of_now or max(self.atoms) >= joint.parts.shape[1]:
            return None
        return joint

    @cached_property
    def incidence(self) -> np.ndarray:
        """Whether an atom is in an equation, shape (equations, atoms)."""
        at = {atom: i for i, atom in enumerate(self.atoms)}
        matrix = np.zeros((len(self.equations), len(at)))
        for i, equation in enumerate(self.equations):
            matrix[i, [at[a] for a in equation.atoms]] = 1.0
        return matrix

    @cached_property
    def free(self) -> np.ndarray:
        """Directions, shape (directions, atoms), that change no total of the equations."""
        return directions_unseen(self.incidence)

    @property
    def key(self) -> tuple:
        """The same for the same system."""
        rows = frozenset(e.atoms for e in self.equations)
        return id(self.measure), rows, self.groups, self.together is None


def first_too_narrow(system: System) -> frozenset[int] | None:
    """The first group that is placed too narrowly, in score sum (counts known) or in count."""
    m = system.measure
    score, count = _closed_form(system) or _by_programmes(system)
    for i, group in enumerate(system.groups):
        if not m.counts_only:
            least = PROTECTION * (m.high - m.low) * m.answers[list(group)].sum()
            if score(i) < least - TOLERANCE:
                return group
        if count(i) < m.threshold - 2 - TOLERANCE:
            return group
    return None


def _by_programmes(system: System) -> tuple[Width, Width]:
    scores = cache(lambda: Widths(scores_programme(system)))
    counts = cache(lambda: Widths(counts_programme(system)))  # seldom reached in a broken system
    return lambda i: scores().of(i), lambda i: counts().of(i)


def _closed_form(system: System) -> tuple[Width, Width] | None:
    """Width of the score sum and of the count of a group where there is one equation."""
    if len(system.equations) > 1 or system.together is not None:
        return None
    m = system.measure
    count = float(m.answers[system.atoms].sum() - len(system.atoms))
    return (
        lambda i: score_width(system, m.answers[list(system.groups[i])].sum()),
        lambda _: count,
    )


def score_width(system: System, mine: float) -> float:
    """Closed form for one equation: what the others can hold is not this group's.

    Width of the score sum of a group of so many answers in it.
    """
    m, atoms = system.measure, system.atoms
    all_ = m.answers[atoms].sum()
    others = all_ - mine
    totals = m.parts[:, atoms].sum(axis=1)
    if len(m.weights) == 2:  # promoters and detractors; the rest are passives
        promoters, detractors = totals
        passives = all_ - promoters - detractors
        top = min(mine, promoters) - max(0.0, mine - promoters - passives)
        bottom = max(0.0, mine - detractors - passives) - min(mine, detractors)
        return float(100.0 * (top - bottom))
    if len(m.weights) == 1:
        top = min(m.high * mine, totals[0] - m.low * others)
        bottom = max(m.low * mine, totals[0] - m.high * others)
        return float(top - bottom)
    return np.inf


def scores_programme(system: System) -> Programme:
    """Parts of the score over atoms, with every count known, and those of the same answers."""
    m, atoms, joint = system.measure, system.atoms, system.together
    at = {atom: i for i, atom in enumerate(atoms)}
    parts, own = (m.parts, range(len(m.parts))) if joint is None else (joint.parts, joint.own)
    region = m.region if joint is None else joint.region
    n, k = len(atoms), len(parts)
    answers = m.answers[atoms].astype(float)
    objectives = np.zeros((len(system.groups), k * n))
    for i, group in enumerate(system.groups):
        for part, weight in zip(own, m.weights, strict=True):
            objectives[i, [part * n + at[a] for a in group]] = weight
    mine = np.array([m.answers[list(g)].sum() for g in system.groups])
    enough = PROTECTION * (m.high - m.low) * mine
    low, high = np.outer(region.least, answers).ravel(), np.outer(region.most, answers).ravel()
    point = np.clip(parts[:, atoms].ravel(), low, high)  # dust of sums
    above = np.kron(region.facets, np.eye(n))
    limits = np.maximum(np.outer(region.limits, answers).ravel(), above @ point)  # dust, too
    rows, free = (np.kron(np.eye(k), each) for each in (system.incidence, system.free))
    return Programme(rows, point, low, high, above, limits, objectives, enough, free)


def counts_programme(system: System) -> Programme:
    """Counts over atoms."""
    m, atoms = system.measure, system.atoms
    at = {atom: i for i, atom in enumerate(atoms)}
    n = len(atoms)
    objectives = np.zeros((len(system.groups), n))
    for i, group in enumerate(system.groups):
        objectives[i, [at[a] for a in group]] = 1.0
    enough = np.full(len(objectives), m.threshold - 2.0)
    answers = m.answers[atoms].astype(float)
    return Programme(
        system.incidence, answers, np.ones(n), np.full(n, answers.sum()), np.zeros((0, n)),
        np.zeros(0), objectives, enough, system.free,
    )  # fmt: skip
