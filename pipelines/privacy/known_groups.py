"""Small groups whose total follows exactly from several equations at once.

What belongs here: the search over sums and differences of equations. What does not: single
equations (privacy.protection) and intervals (privacy.bounds).
"""

from __future__ import annotations

from itertools import combinations

import numpy as np

from pipelines.privacy.bounds import RANK, System

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
    at = {atom: i for i, atom in enumerate(atoms)}
    rows = np.zeros((len(system.equations), len(atoms)))
    for i, equation in enumerate(system.equations):
        rows[i, [at[a] for a in equation.atoms]] = 1.0
    _, singular, basis = np.linalg.svd(rows)
    free = basis[int((singular > RANK).sum()) :]
    shadow = np.random.default_rng(SEED).normal(size=len(free)) @ free
    small = [i for i, atom in enumerate(atoms) if measure.people[atom] < measure.threshold]
    halves = [(i,) for i in small] + [
        pair for pair in combinations(small, 2)
        if measure.people_of(atoms[i] for i in pair) < measure.threshold
    ]  # fmt: skip
    by_sum: dict[float, list[tuple[int, ...]]] = {0.0: [()]}
    for half in halves:
        by_sum.setdefault(round(float(shadow[list(half)].sum()), DIGITS) + 0.0, []).append(half)
    for half in halves:
        opposite = round(-float(shadow[list(half)].sum()), DIGITS) + 0.0
        for other in by_sum.get(opposite, ()):
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
