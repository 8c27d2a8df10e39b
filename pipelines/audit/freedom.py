"""Hidden groups that are plainly free, so that no linear programme need be solved for each.

What belongs here: a point inside all that the sums allow, and how far a group can move from it both
ways. What does not: the narrowest intervals of the groups that are left (audit.bounds).

Moving along a direction that no sum sees changes nothing published. The way to the walls on both
sides is a lower bound of the interval's width: a group found free is free. Directions go where
there is room: unknowns are measured in their distance from the walls (affine scaling, Dikin 1967,
Soviet Mathematics Doklady 8).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.sparse import coo_matrix, csr_matrix, kron, vstack

from pipelines.audit.answers import Answers
from pipelines.audit.relations import Key, Remainder
from pipelines.linear import Constraints

LEAST = 0.2
"""Narrowest interval for the mean of a hidden group that the promise allows: share of the scale."""
FAR = (1.5, 2.5, 1.0, 4.0)
"""Answers from the wall that count as far enough, one try each: what one gains others lose."""
RANK = 1e-9


@dataclass(frozen=True, eq=False)
class System:
    """Remainders that share unknowns, what their answers can be and the promised threshold."""

    rows: list[Remainder]
    answers: Answers
    threshold: int

    @cached_property
    def unknown(self) -> list[Key]:
        """Hidden groups and rests, in order."""
        return sorted({k for r in self.rows for k in r.unknown})

    @cached_property
    def hidden(self) -> list[Key]:
        """Hidden groups, in order."""
        return sorted({k for r in self.rows for k in r.hidden})

    def places(self, keys: Sequence[Key]) -> list[int]:
        """Places of unknowns in that order."""
        at = {key: i for i, key in enumerate(self.unknown)}
        return [at[key] for key in keys]

    @cached_property
    def incidence(self) -> np.ndarray:
        """Whether an unknown is in a row, shape (rows, unknown)."""
        at = {k: i for i, k in enumerate(self.unknown)}
        found = np.zeros((len(self.rows), len(at)))
        for i, row in enumerate(self.rows):
            found[i, [at[k] for k in row.unknown]] = 1.0
        return found

    @cached_property
    def least_counts(self) -> np.ndarray:
        """One answer at least in a hidden group, none in a rest."""
        hidden = set(self.hidden)
        return np.array([1.0 if k in hidden else 0.0 for k in self.unknown])

    @cached_property
    def counts(self) -> np.ndarray:
        """Answers of each row."""
        return np.array([r.answers for r in self.rows], dtype=float)

    @cached_property
    def count_of_rows(self) -> csr_matrix:
        """Takes answers at each corner of each unknown to counts of rows."""
        return kron(csr_matrix(self.incidence), np.ones((1, len(self.answers.points))), "csr")

    @cached_property
    def told(self) -> np.ndarray:
        """Figures of which some row says more than its count."""
        low, high = np.array([r.low for r in self.rows]), np.array([r.high for r in self.rows])
        edges = (np.outer(self.counts, edge) for edge in (self.answers.least, self.answers.most))
        least, most = edges
        return np.flatnonzero(((low > least) | (high < most)).any(axis=0))

    @cached_property
    def sums_of_rows(self) -> tuple[csr_matrix, np.ndarray, np.ndarray]:
        """Takes the same to told figures of rows; what these are at least and at most."""
        at_corners = self.answers.points[:, self.told].T
        low, high = (
            np.array([side[self.told] for side in sides]).ravel()
            for sides in ([r.low for r in self.rows], [r.high for r in self.rows])
        )
        return kron(csr_matrix(self.incidence), at_corners, "csr"), low, high


@dataclass
class Unsure:
    """Hidden groups of a system whose count, or whose means, may be placed narrowly."""

    system: System
    counts: set[Key]
    means: set[Key]


def not_free(systems: Sequence[System]) -> list[Unsure]:
    """The hidden groups whose freedom is not plain to see."""
    left = [Unsure(s, set(s.hidden), set(s.hidden) if s.answers.scores else set()) for s in systems]
    for far in FAR:
        for one in left:
            if (point := _point(one.system, far)) is not None:
                one.counts -= _free_counts(one, point)
                one.means -= _free_means(one, point)
        left = [one for one in left if one.counts or one.means]
    return left


def _free_counts(one: Unsure, point: np.ndarray) -> set[Key]:
    """Those whose count can move far enough; `point`, shape (unknown, corners)."""
    keys = sorted(one.counts)
    ways = _of_counts(one.system, one.system.places(keys), point.sum(axis=1))
    return {key for key, way in zip(keys, ways, strict=True) if way >= one.system.threshold - 2}


def _free_means(one: Unsure, point: np.ndarray) -> set[Key]:
    """Those whose means can."""
    keys, answers = sorted(one.means), one.system.answers
    at = one.system.places(keys)
    least = LEAST * np.outer(point[at].sum(axis=1), answers.widths[answers.scores])
    is_free = (_of_sums(one.system, at, point) >= least).all(axis=1)
    return {key for key, free in zip(keys, is_free, strict=True) if free}


def _of_counts(system: System, at: list[int], counts: np.ndarray) -> np.ndarray:
    """Way of the count of each unknown of `at` from wall to wall."""
    if not at:
        return np.zeros(0)
    room = np.maximum(counts - system.least_counts, 0.0)
    directions = room[:, None] * _unseen(system.incidence * room, np.diag(room)[:, at])
    return _way(directions, room, directions[at, np.arange(len(at))])


def _of_sums(system: System, at: list[int], point: np.ndarray) -> np.ndarray:
    """The same for every score sum while all counts stay, shape (unknowns of `at`, scores).

    Answers of a group move from corner to corner, measured in how many there are at each.
    """
    k, corners = point.shape
    if not at:
        return np.zeros((0, len(system.answers.scores)))
    across = np.linalg.qr(point[:, :, None], mode="complete")[0][:, :, 1:]
    moves = point[:, :, None] * across  # of answers, by direction, with nobody more or less
    gains = np.einsum("ucd,cf->fud", moves, system.answers.points)
    matrix = (system.incidence[None, :, :, None] * gains[system.told][:, None]).reshape(
        len(system.told) * len(system.rows), -1
    )
    ways = np.zeros((len(at), len(system.answers.scores)))
    for i, figure in enumerate(system.answers.scores):
        wanted = np.zeros((k, corners - 1, len(at)))
        wanted[at, :, np.arange(len(at))] = gains[figure][at]
        wanted = wanted.reshape(-1, len(at))
        chosen = _unseen(matrix, wanted)
        moved = np.einsum("ucd,udt->uct", moves, chosen.reshape(k, corners - 1, -1))
        gain = (wanted * chosen).sum(axis=0)
        ways[:, i] = _way(moved.reshape(k * corners, -1), point.ravel(), gain)
    return ways


def _unseen(matrix: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """The part of each column of `wanted` that no row of `matrix` sees."""
    size, basis = np.linalg.eigh(matrix @ matrix.T)
    some = size > RANK * size.max(initial=0.0)
    seen = matrix.T @ (basis[:, some] / np.sqrt(size[some]))
    for _ in range(2):  # the second time takes away what squares left of the first
        wanted = wanted - seen @ (seen.T @ wanted)
    return wanted


def _way(directions: np.ndarray, room: np.ndarray, gain: np.ndarray) -> np.ndarray:
    """How much is gained from wall to wall along each column; `room` is to the wall below."""
    total = np.zeros(directions.shape[1])
    for toward in (directions, -directions):
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.where(toward < -RANK, room[:, None] / -toward, np.inf)
        total += steps.min(axis=0, initial=np.inf)
    return gain * np.where(np.isfinite(total) & (gain > RANK), total, 0.0)


def _point(system: System, far: float) -> np.ndarray | None:
    """Answers at each corner, shape (unknown, corners), as far from all walls as can be; None: none
    fit."""
    k, corners = len(system.unknown), len(system.answers.points)
    n, (sums, low, high) = k * corners, system.sums_of_rows
    inside = _with_walls(vstack([system.count_of_rows, sums], "coo"), k, corners)
    found = Constraints(
        inside,
        np.concatenate([system.counts, low, system.least_counts, np.zeros(n)]),
        np.concatenate([system.counts, high, np.full(k + n, np.inf)]),
        np.zeros(n + k),
        np.concatenate([np.full(n, np.inf), np.full(k, far)]),
    ).argmin(np.concatenate([np.zeros(n), -np.ones(k)]))
    return None if found is None else found[:n].reshape(k, corners)


def _with_walls(said: coo_matrix, k: int, corners: int) -> coo_matrix:
    """What is said, and how far each of `k` unknowns is from its walls: one more column for each.

    Answers of an unknown, less its distance, and each of them, less its share of the distance.
    """
    n, at = k * corners, np.repeat(np.arange(k), corners)
    each, one = np.arange(n), np.ones(n)
    first, second = said.shape[0], said.shape[0] + k
    rows = (said.row, first + at, first + np.arange(k), second + each, second + each)
    columns = (said.col, each, n + np.arange(k), each, n + at)
    values = (said.data, one, -np.ones(k), one, -one / corners)
    places = tuple(map(np.concatenate, (rows, columns)))
    return coo_matrix((np.concatenate(values), places), shape=(second + n, n + k))
