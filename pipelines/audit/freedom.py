"""Hidden groups that are plainly free, so that no linear programme need be solved for each.

What belongs here: a point inside all that the sums allow, and how far a group can move from it both
ways. What does not: the narrowest intervals of the groups that are left (audit.bounds).

Moving along a direction that no sum sees changes nothing published. The way to the walls on both
sides is a lower bound of the interval's width: a group found free is free. Directions go where
there is room: unknowns are measured in their distance from the walls (affine scaling, Dikin 1967,
Soviet Mathematics Doklady 8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, vstack

from pipelines.audit.relations import Key, Remainder
from pipelines.linear import Constraints

LEAST = 0.2
"""Narrowest interval for the mean of a hidden group that the promise allows: share of the scale."""
FAR = (1.5, 2.5, 1.0, 4.0)
"""Answers from the wall that count as far enough, one try each: what one gains others lose."""
RANK = 1e-9


@dataclass(frozen=True)
class System:
    """Remainders that share unknowns, the scale of their metric and the promised threshold."""

    rows: list[Remainder]
    scale: tuple[float, float]
    threshold: int

    @property
    def unknown(self) -> list[Key]:
        """Hidden groups and rests, in order."""
        return sorted({k for r in self.rows for k in r.unknown})

    @property
    def hidden(self) -> list[Key]:
        """Hidden groups, in order."""
        return sorted({k for r in self.rows for k in r.hidden})

    @property
    def incidence(self) -> np.ndarray:
        """Whether an unknown is in a row, shape (rows, unknown)."""
        at = {k: i for i, k in enumerate(self.unknown)}
        found = np.zeros((len(self.rows), len(at)))
        for i, row in enumerate(self.rows):
            found[i, [at[k] for k in row.unknown]] = 1.0
        return found

    @property
    def least_counts(self) -> np.ndarray:
        """One answer at least in a hidden group, none in a rest."""
        hidden = set(self.hidden)
        return np.array([1.0 if k in hidden else 0.0 for k in self.unknown])


def not_free(systems: Sequence[System]) -> Iterator[tuple[System, Key]]:
    """The hidden groups whose freedom is not plain to see."""
    left = [(system, set(system.hidden)) for system in systems]
    for far in FAR:
        for system, keys in left:
            if (point := _point(system, far)) is not None:
                keys -= _free(system, sorted(keys), *point)
        left = [(system, keys) for system, keys in left if keys]
    yield from ((system, key) for system, keys in left for key in sorted(keys))


def _free(system: System, keys: list[Key], counts: np.ndarray, sums: np.ndarray) -> set[Key]:
    unknown = system.unknown
    at = [unknown.index(key) for key in keys]
    width, never = system.scale[1] - system.scale[0], np.full(len(counts), np.inf)
    is_free = _freedom(system, at, counts - system.least_counts, never) >= system.threshold - 2
    if width:
        of_sum = _freedom(system, at, sums, width * counts - sums)
        is_free &= of_sum >= LEAST * width * counts[at]
    return {key for key, free in zip(keys, is_free, strict=True) if free}


def _freedom(system: System, at: list[int], below: np.ndarray, above: np.ndarray) -> np.ndarray:
    """Way of each unknown of `at` from wall to wall; the walls are so far `below` and `above`."""
    room = np.maximum(np.minimum(below, above), 0.0)
    scaled = system.incidence * room
    unseen = np.eye(len(room)) - np.linalg.pinv(scaled, rcond=RANK) @ scaled
    directions = room[:, None] * unseen[:, at] * room[at]
    total = np.zeros(len(at))
    for sign in (1.0, -1.0):
        toward = sign * directions
        walls = np.where(toward > 0, above[:, None], below[:, None])
        with np.errstate(divide="ignore", invalid="ignore"):
            steps = np.where(np.abs(toward) > RANK, walls / np.abs(toward), np.inf)
        total += steps.min(axis=0)
    gain = directions[at, np.arange(len(at))]
    return gain * np.where(np.isfinite(total) & (gain > RANK), total, 0.0)


def _point(system: System, far: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Counts and score sums as far from all walls as can be; None: none fit."""
    objective, equal, equal_to, below, limits = _programme(system, far)
    found = Constraints(
        vstack([equal, below]),
        np.concatenate([equal_to, np.full(len(limits), -np.inf)]),
        np.concatenate([equal_to, limits]),
        np.zeros(len(objective)),
        np.full(len(objective), np.inf),
    ).argmin(objective)
    if found is None:
        return None
    counts, sums, _ = found.reshape(3, -1)
    return counts, sums


def _programme(system: System, far: float) -> tuple:
    """Counts, score sums above the least possible, and their distances from the walls."""
    sums, k = csr_matrix(system.incidence), len(system.unknown)
    answers = np.array([r.answers for r in system.rows], dtype=float)
    least, most = system.scale
    low = np.array([r.low for r in system.rows]) - least * answers
    high = np.array([r.high for r in system.rows]) - least * answers
    eye, none, width = identity(k), csr_matrix((k, k)), most - least
    nothing = csr_matrix((len(answers), k))
    below = vstack([
        hstack([-eye, none, eye]),
        hstack([none, -eye, width / 2 * eye]),
        hstack([-width * eye, eye, width / 2 * eye]),
        hstack([nothing, sums, nothing]),
        hstack([nothing, -sums, nothing]),
        hstack([none, none, eye]),
    ])  # fmt: skip
    limits = np.concatenate([
        -system.least_counts, np.zeros(2 * k), high, -low, np.full(k, far)
    ])  # fmt: skip
    objective = np.concatenate([np.zeros(2 * k), -np.ones(k)])
    return objective, hstack([sums, nothing, nothing]), answers, below, limits
