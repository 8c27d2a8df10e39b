"""Changes that follow from several totals at once.

What belongs here: groups of up to four atoms whose change is a sum and difference of changes. What
does not: single totals (privacy.earlier).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np

from pipelines.privacy.widths import RANK, directions_unseen

DIGITS = 7
SEED = 21
MOST_ATOMS = 120
"""Larger systems are left to the single totals: pairs of pairs would be too many."""


def told_groups(rows: Sequence[frozenset[int]]) -> Iterator[np.ndarray]:
    """Weights of the rows, one array per group of atoms whose change follows from them."""
    for system in _systems(rows):
        atoms = sorted({a for i in system for a in rows[i]})
        if len(system) < 2 or len(atoms) > MOST_ATOMS:
            continue
        matrix = np.array([[float(a in rows[i]) for a in atoms] for i in system])
        inverse = np.linalg.pinv(matrix.T)
        for group in _without_freedom(directions_unseen(matrix)):
            weights = np.zeros(len(rows))
            weights[system] = inverse @ np.isin(np.arange(len(atoms)), group).astype(float)
            yield np.where(np.abs(weights) < DUST, 0.0, weights)


DUST = 1e-6


def _systems(rows: Sequence[frozenset[int]]) -> list[list[int]]:
    groups: list[tuple[set[int], list[int]]] = []
    for i, row in enumerate(rows):
        mine = [g for g in groups if g[0] & row]
        groups = [g for g in groups if not g[0] & row]
        atoms = set(row).union(*(g[0] for g in mine))
        groups.append((atoms, [*(j for g in mine for j in g[1]), i]))
    return [members for _, members in groups]


def _without_freedom(free: np.ndarray) -> Iterator[list[int]]:
    n = free.shape[1]
    shadow = np.random.default_rng(SEED).normal(size=len(free)) @ free
    halves = [(i,) for i in range(n)] + list(combinations(range(n), 2))
    by_sum: dict[float, list[tuple[int, ...]]] = {0.0: [()]}
    seen: set[frozenset[int]] = set()
    for half in halves:
        total = round(float(shadow[list(half)].sum()), DIGITS) + 0.0
        by_sum.setdefault(total, []).append(half)
    for half in halves:
        opposite = round(-float(shadow[list(half)].sum()), DIGITS) + 0.0
        for other in by_sum.get(opposite, ()):
            group = frozenset(half) | frozenset(other)
            if len(group) < len(half) + len(other) or group in seen:
                continue
            seen.add(group)
            if np.abs(free[:, list(group)].sum(axis=1)).max(initial=0) < RANK:
                yield list(group)
