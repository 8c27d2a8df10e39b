"""How narrowly released totals place a hidden group: intervals of its score sum and its count.

What belongs here: the widest freedom left to a group, in closed form for one equation and by linear
programmes (HiGHS) for several. What does not: how much freedom is promised (privacy.protection).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.linear import Constraints
from pipelines.privacy.blocks import Measure, Together
from pipelines.privacy.equations import Equation

PROTECTION = 0.2
"""Narrowest interval for the mean of a hidden group, as a share of the metric's scale."""


@dataclass(frozen=True)
class System:
    """Equations of one metric that share atoms; `groups` are the sets to be bounded.

    That an atom holds an answer at least may be known: its row is in a table, or will be in that
    of a later release, when the others of its total are gone.
    """

    measure: Measure
    equations: tuple[Equation, ...]
    groups: tuple[frozenset[int], ...]

    @property
    def atoms(self) -> list[int]:
        """Atoms of the equations, in order."""
        return sorted({a for e in self.equations for a in e.atoms})

    @property
    def together(self) -> Together | None:
        """Metrics of the same answers, of which this release tells the same totals."""
        joint = self.measure.together
        is_of_now = all(e.needs is None for e in self.equations)
        if joint is None or not is_of_now or max(self.atoms) >= joint.parts.shape[1]:
            return None
        return joint

    @property
    def key(self) -> tuple:
        """The same for the same system."""
        rows = frozenset(e.atoms for e in self.equations)
        return id(self.measure), rows, self.groups, self.together is None


@dataclass(frozen=True)
class Programme:
    """Equalities `rows @ x = rows @ point`, `low <= x <= high`, `above @ x <= limits`; objectives.

    `point` is the truth; a width of at least `enough` need not be known better.
    """

    rows: np.ndarray
    point: np.ndarray
    low: np.ndarray
    high: np.ndarray
    above: np.ndarray
    limits: np.ndarray
    objectives: np.ndarray
    enough: np.ndarray

    @property
    def totals(self) -> np.ndarray:
        """What is released."""
        return self.rows @ self.point


def widths(systems: Sequence[System]) -> list[tuple[np.ndarray, np.ndarray]]:
    """For each system the widths, by group, of score sum (counts known) and of count."""
    found: list[tuple[np.ndarray, np.ndarray] | None] = []
    programmes: list[Programme] = []
    for system in systems:
        if len(system.equations) == 1 and system.together is None:
            found.append((_score_widths(system), _count_widths(system)))
        else:
            found.append(None)
            programmes += [scores_programme(system), counts_programme(system)]
    solved = iter(solve(programmes))
    return [pair if pair is not None else (next(solved), next(solved)) for pair in found]


def _score_widths(system: System) -> np.ndarray:
    m = system.measure
    return np.array([score_width(system, m.answers[list(g)].sum()) for g in system.groups])


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


def _count_widths(system: System) -> np.ndarray:
    m, atoms = system.measure, system.atoms
    total = m.answers[atoms].sum()
    return np.array([total - len(atoms) for _ in system.groups], dtype=float)


def scores_programme(system: System) -> Programme:
    """Parts of the score over atoms, with every count known, and those of the same answers."""
    m, atoms, joint = system.measure, system.atoms, system.together
    at = {atom: i for i, atom in enumerate(atoms)}
    parts, own = (m.parts, range(len(m.parts))) if joint is None else (joint.parts, joint.own)
    region = m.region if joint is None else joint.region
    n, k = len(atoms), max(1, len(parts))
    answers = m.answers[atoms].astype(float)
    objectives = np.zeros((len(system.groups), k * n))
    for i, group in enumerate(system.groups):
        for part, weight in zip(own, m.weights, strict=True):
            objectives[i, [part * n + at[a] for a in group]] = weight
    mine = np.array([m.answers[list(g)].sum() for g in system.groups])
    enough = PROTECTION * (m.high - m.low) * mine if m.weights else np.zeros(len(mine))
    if not m.weights:
        none = np.zeros(n)
        return Programme(
            incidence(system, at), none, none, none, np.zeros((0, n)), none[:0], objectives, enough
        )
    low, high = np.outer(region.least, answers).ravel(), np.outer(region.most, answers).ravel()
    point = np.clip(parts[:, atoms].ravel(), low, high)  # dust of sums
    above = np.kron(region.facets, np.eye(n))
    limits = np.maximum(np.outer(region.limits, answers).ravel(), above @ point)  # dust, too
    rows = np.kron(np.eye(k), incidence(system, at))
    return Programme(rows, point, low, high, above, limits, objectives, enough)


def counts_programme(system: System) -> Programme:
    """Counts over atoms."""
    m, atoms = system.measure, system.atoms
    at = {atom: i for i, atom in enumerate(atoms)}
    n = len(atoms)
    summed = incidence(system, at)
    objectives = np.zeros((len(system.groups), n))
    for i, group in enumerate(system.groups):
        objectives[i, [at[a] for a in group]] = 1.0
    enough = np.full(len(objectives), m.threshold - 2.0)
    answers = m.answers[atoms].astype(float)
    return Programme(
        summed, answers, np.ones(n), np.full(n, answers.sum()), np.zeros((0, n)), np.zeros(0),
        objectives, enough,
    )  # fmt: skip


def incidence(system: System, at: dict[int, int]) -> np.ndarray:
    """Whether an atom is in an equation, shape (equations, atoms); `at` are places of atoms."""
    matrix = np.zeros((len(system.equations), len(at)))
    for i, equation in enumerate(system.equations):
        matrix[i, [at[a] for a in equation.atoms]] = 1.0
    return matrix


def solve(programmes: Sequence[Programme]) -> list[np.ndarray]:
    """Width of every objective of every programme; where a cheap lower bound is enough, that."""
    found = [freedom(p) for p in programmes]
    asked = [
        (k, i)
        for k, p in enumerate(programmes)
        for i in np.flatnonzero((found[k] > 0) & (found[k] < p.enough))
    ]
    for (k, i), (low, high) in zip(
        asked, ends([(programmes[k], i) for k, i in asked]), strict=True
    ):
        found[k][i] = high - low
    return found


def freedom(p: Programme) -> np.ndarray:
    """How far each objective can move from the true point along its own projection.

    Moving along the part of the objective that no equation sees changes nothing that is
    released, so the way to the walls on both sides is a lower bound of the width. It is 0
    where the equations see the whole objective: then they tell it exactly.
    """
    least = np.zeros(len(p.objectives))
    _, singular, basis = np.linalg.svd(p.rows)
    free = basis[int((singular > RANK).sum()) :]
    walls = np.vstack([np.eye(p.rows.shape[1]), -np.eye(p.rows.shape[1]), p.above])
    room = np.concatenate([p.high - p.point, p.point - p.low, p.limits - p.above @ p.point])
    for i, weights in enumerate(p.objectives):
        direction = free.T @ (free @ weights)
        gain = float(weights @ direction)
        if gain < RANK:
            continue
        toward = walls @ direction
        for sign in (1.0, -1.0):
            hits = sign * toward > RANK
            steps = room[hits] / (sign * toward[hits])
            least[i] += gain * max(RANK, float(steps.min(initial=np.inf)))
    return least


RANK = 1e-9


def ends(asked: Sequence[tuple[Programme, int]]) -> np.ndarray:
    """Least and most of one objective of each programme, shape (asked, 2).

    Raises RuntimeError where the solver finds no end: every programme here has its truth as a
    solution, and walls.
    """
    found = np.zeros((len(asked), 2))
    constraints: dict[int, Constraints] = {}
    for row, (p, i) in enumerate(asked):
        if id(p) not in constraints:
            constraints = {id(p): _constraints(p)}  # those of one programme come together
        found[row] = [s * constraints[id(p)].least(s * p.objectives[i]) for s in (1.0, -1.0)]
    if not np.isfinite(found).all():
        msg = "the bounds of hidden groups could not be solved"
        raise RuntimeError(msg)
    return found


def _constraints(p: Programme) -> Constraints:
    return Constraints(
        np.vstack([p.rows, p.above]),
        np.concatenate([p.totals, np.full(len(p.limits), -np.inf)]),
        np.concatenate([p.totals, p.limits]),
        p.low,
        p.high,
    )
