"""How far an objective can go, given what is known: widths of linear programmes.

What belongs here: cheap lower bounds and the solver (HiGHS) where they are not enough. What does
not: which programmes are asked (privacy.bounds, privacy.suspects).

A width that is at least enough need not be known better, and any two points that fulfil a programme
bound the widths of all its objectives from below: every point that was come upon is kept in mind.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from pipelines.linear import Constraints

RANK = 1e-9


@dataclass(frozen=True)
class Programme:
    """Equalities `rows @ x = rows @ point`, `low <= x <= high`, `above @ x <= limits`; objectives.

    `point` is the truth; a width of at least `enough` need not be known better. `free` are
    directions that the equalities do not see, orthonormal, all of them.
    """

    rows: np.ndarray
    point: np.ndarray
    low: np.ndarray
    high: np.ndarray
    above: np.ndarray
    limits: np.ndarray
    objectives: np.ndarray
    enough: np.ndarray
    free: np.ndarray

    @property
    def totals(self) -> np.ndarray:
        """What is released."""
        return self.rows @ self.point


def directions_unseen(rows: np.ndarray) -> np.ndarray:
    """Orthonormal directions, shape (directions, unknowns), that leave every row as it is."""
    _, singular, basis = np.linalg.svd(rows)
    return basis[int((singular > RANK).sum()) :]


class Widths:
    """Width of every objective of a programme, worked out when it is asked for."""

    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        p = programme
        directions = p.objectives @ p.free.T @ p.free
        gains = (p.objectives * directions).sum(axis=1)
        self._is_told = gains < RANK  # the equations see the whole objective
        forth, back = np.where(self._is_told, 0.0, _steps(p, directions))
        self._own = gains * (forth + back)
        with np.errstate(invalid="ignore"):  # no wall on that way
            points = p.point + np.vstack([forth[:, None] * directions, -back[:, None] * directions])
        known = points[np.isfinite(points).all(axis=1)] @ p.objectives.T
        truth = p.objectives @ p.point
        self._low = np.minimum(truth, known.min(axis=0, initial=np.inf))
        self._high = np.maximum(truth, known.max(axis=0, initial=-np.inf))

    def freedom(self, i: int) -> float:
        """At least so wide is an objective, by all points known; 0 where it is told exactly."""
        if self._is_told[i]:
            return 0.0
        return float(max(self._own[i], self._high[i] - self._low[i]))

    def of(self, i: int) -> float:
        """Width of an objective; where a lower bound is enough, that.

        Raises RuntimeError where the solver finds no end: every programme here has its truth as a
        solution, and walls.
        """
        enough = self.programme.enough[i]
        if self._is_told[i] or self.freedom(i) >= enough:
            return self.freedom(i)
        low = self.least(i)
        if self.freedom(i) >= enough:
            return self.freedom(i)
        return self._end(i, -1.0) - low

    def least(self, i: int) -> float:
        """Least value of an objective."""
        return self._end(i, 1.0)

    def _end(self, i: int, sign: float) -> float:
        point = self._constraints.argmin(sign * self.programme.objectives[i])
        if point is None or not np.isfinite(point).all():
            msg = "the bounds of hidden groups could not be solved"
            raise RuntimeError(msg)
        values = self.programme.objectives @ point
        self._low, self._high = np.minimum(self._low, values), np.maximum(self._high, values)
        return float(values[i])

    @cached_property
    def _constraints(self) -> Constraints:
        p = self.programme
        return Constraints(
            np.vstack([p.rows, p.above]),
            np.concatenate([p.totals, np.full(len(p.limits), -np.inf)]),
            np.concatenate([p.totals, p.limits]),
            p.low,
            p.high,
        )


def _steps(p: Programme, directions: np.ndarray) -> np.ndarray:
    """How often each direction fits between the true point and the walls, forth and back.

    Moving along the part of an objective that no equation sees changes nothing that is released.
    """
    toward = np.hstack([directions, -directions, directions @ p.above.T])
    room = np.concatenate([p.high - p.point, p.point - p.low, p.limits - p.above @ p.point])
    steps = []
    for sign in (1.0, -1.0):
        hits = sign * toward > RANK
        far = np.full(toward.shape, np.inf)
        np.divide(room[None, :], sign * toward, out=far, where=hits)
        steps.append(np.maximum(RANK, far.min(axis=1, initial=np.inf)))
    return np.array(steps)
