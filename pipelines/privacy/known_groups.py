"""Small groups whose total follows exactly from several equations at once.

What belongs here: the search over sums and differences of equations. What does not: single
equations (privacy.protection) and intervals (privacy.bounds).
"""

from __future__ import annotations

import numpy as np

from pipelines.privacy.blocks import Measure
from pipelines.privacy.bounds import System
from pipelines.privacy.widths import RANK

DIGITS = 7
SEED = 20


def small_known_group(
    system: System, movers: frozenset[int] = frozenset()
) -> frozenset[int] | None:
    """A set of up to four atoms with fewer people than the threshold whose total is told, or None.

    A total is told when no direction the equations leave free changes it: the rows of the null
    space, one per atom, add up to nothing. Each row is projected on one random number, so
    that pairs of pairs are found by looking up the opposite sum. `movers` came or went; of them
    alone nothing is said.
    """
    if len(system.equations) == 1:
        return None
    measure, atoms = system.measure, system.atoms
    free = system.free
    shadow = (np.random.default_rng(SEED).normal(size=len(free)) @ free).tolist()
    small = np.flatnonzero(measure.people[atoms] < measure.threshold)
    halves = [(i,) for i in small.tolist()] + _small_pairs(measure, atoms, small)
    sums = [sum(map(shadow.__getitem__, half)) for half in halves]
    by_sum: dict[float, list[tuple[int, ...]]] = {0.0: [()]}
    for half, total in zip(halves, sums, strict=True):
        by_sum.setdefault(round(total, DIGITS) + 0.0, []).append(half)
    for half, total in zip(halves, sums, strict=True):
        for other in by_sum.get(round(-total, DIGITS) + 0.0, ()):
            group = set(half) | set(other)
            if len(group) < len(half) + len(other):
                continue
            found = frozenset(atoms[i] for i in group)
            if (
                measure.people_of(found) < measure.threshold
                and not found <= movers
                and np.abs(free[:, list(group)].sum(axis=1)).max(initial=0) < RANK
            ):
                return found
    return None


def _small_pairs(measure: Measure, atoms: list[int], small: np.ndarray) -> list[tuple[int, int]]:
    """Pairs of fewer people than the threshold, of the places `small` in `atoms`."""
    first, second = np.triu_indices(len(small), 1)
    held = measure.is_in[:, atoms] * measure.people[atoms]
    people = (held[:, small[first]] + held[:, small[second]]).max(axis=0)
    few = people < measure.threshold
    return list(zip(small[first[few]].tolist(), small[second[few]].tolist(), strict=True))
