"""How narrowly an outsider places each hidden group: its count, and its mean whatever its count.

What belongs here: closed forms for one remainder, linear programmes for several. What does not:
which sums hold (audit.relations) and what is too narrow (audit.attacks).

The mean is a ratio of two unknowns. Dividing every unknown by the group's count (Charnes and Cooper
1962, Naval Research Logistics Quarterly 9) makes its bounds a linear programme.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.audit.freedom import System, not_free
from pipelines.audit.relations import Key, Remainder
from pipelines.linear import Constraints


@dataclass(frozen=True)
class Placed:
    """The narrowest intervals for a hidden group."""

    group: Key
    count: tuple[float, float]
    mean: tuple[float, float]
    told_by: Remainder


@dataclass(frozen=True)
class _Programme:
    objective: np.ndarray
    equal: np.ndarray
    equal_to: np.ndarray
    below: np.ndarray
    below_what: np.ndarray
    low: np.ndarray


def place(systems: Sequence[System]) -> list[Placed]:
    """Bounds of every hidden group that is not plainly free."""
    found: list[Placed] = []
    larger = []
    for system in systems:
        if len(system.rows) == 1:
            found += [_alone(system.rows[0], key, system.scale) for key in system.hidden]
        else:
            larger.append(system)
    return found + _together(list(not_free(larger)))


def _alone(one: Remainder, key: Key, scale: tuple[float, float]) -> Placed:
    least, most = scale
    others = len(one.hidden) - 1
    n = float(one.answers)
    low_n, high_n = (1.0, n - others) if others or one.rest else (n, n)
    # the fewer answers the group has, the less its mean is tied to the sum
    top = least + (one.high - least * n) / low_n if low_n else most
    bottom = most - (most * n - one.low) / low_n if low_n else least
    return Placed(key, (low_n, high_n), (max(least, bottom), min(most, top)), one)


def _together(asked: Sequence[tuple[System, Key]]) -> list[Placed]:
    found = []
    for system, key in asked:
        low_n, high_n, low, high = map(_least, _programmes(key, system))
        teller = min((r for r in system.rows if key in r.hidden), key=lambda r: len(r.unknown))
        found.append(Placed(key, (low_n, -high_n), (low, -high), teller))
    return found


def _programmes(key: Key, system: System) -> list[_Programme]:
    """Least and most count, least and most mean of one group."""
    rows, scale, incidence, ones = (
        system.rows, system.scale, system.incidence, system.least_counts
    )  # fmt: skip
    k = len(ones)
    answers = np.array([r.answers for r in rows], dtype=float)
    pick = np.zeros(k)
    pick[system.unknown.index(key)] = 1.0
    none = np.zeros((0, k))
    counts = [
        _Programme(sign * pick, incidence, answers, none, np.zeros(0), ones) for sign in (1.0, -1.0)
    ]
    least, most = scale
    # unknowns: counts y, score sums above the least possible s, and z = 1 / count of the group
    low = np.array([r.low for r in rows]) - least * answers
    high = np.array([r.high for r in rows]) - least * answers
    zero, eye = np.zeros((len(rows), k)), np.eye(k)
    equal = np.vstack([
        np.hstack([incidence, zero, -answers[:, None]]),
        np.hstack([pick, np.zeros(k), 0.0]),
    ])  # fmt: skip
    below = np.vstack([
        np.hstack([zero, incidence, -high[:, None]]),
        np.hstack([zero, -incidence, low[:, None]]),
        np.hstack([-(most - least) * eye, eye, np.zeros((k, 1))]),
        np.hstack([-eye, 0 * eye, ones[:, None]]),
    ])  # fmt: skip
    equal_to = np.concatenate([np.zeros(len(rows)), [1.0]])
    means = []
    for sign in (1.0, -1.0):
        objective = np.concatenate([sign * least * pick, sign * pick, [0.0]])
        means.append(
            _Programme(objective, equal, equal_to, below, np.zeros(len(below)), np.zeros(2 * k + 1))
        )
    return counts + means


def _least(p: _Programme) -> float:
    """Least value of the objective; -inf where there is none, or where the sums do not hold."""
    free = np.full(len(p.objective), np.inf)
    below = np.full(len(p.below_what), -np.inf)
    rows = np.vstack([p.equal, p.below])
    low, high = np.concatenate([p.equal_to, below]), np.concatenate([p.equal_to, p.below_what])
    return Constraints(rows, low, high, p.low, free).least(p.objective)
