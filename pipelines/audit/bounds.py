"""How narrowly an outsider places each hidden group: its count, and its means whatever its count.

What belongs here: closed forms for one remainder, linear programmes for several. What does not:
which sums hold (audit.relations) and what is too narrow (audit.attacks).

The unknowns are how many answers of each group lie at each corner of what one answer can be. A
mean is a ratio of two unknowns. Dividing every unknown by the group's count (Charnes and Cooper
1962, Naval Research Logistics Quarterly 9) makes its bounds a linear programme.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix, hstack, identity, kron, vstack

from pipelines.audit.freedom import System, Unsure, not_free
from pipelines.audit.relations import Key, Remainder
from pipelines.linear import Constraints

Interval = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """The narrowest intervals for a hidden group; `means` by figure, where they may be narrow."""

    group: Key
    count: Interval
    means: Mapping[int, Interval]
    told_by: Remainder


def place(systems: Sequence[System]) -> list[Placed]:
    """Bounds of every hidden group that is not plainly free."""
    found: list[Placed] = []
    several = []
    for system in systems:
        if len(system.rows) == 1:
            found += _in_one(system)
        else:
            several.append(system)
    for one in not_free(several):
        found += _in_several(one)
    return found


def _in_one(system: System) -> list[Placed]:
    """Hidden groups of one remainder, which are all placed alike."""
    (one,), others = system.rows, len(system.hidden) - 1
    n = float(one.answers)
    low_n, high_n = (1.0, n - others) if others or one.rest else (n, n)
    # the fewer answers a group has, the less its mean is tied to the sum
    means = _closed_form(system, low_n) if len(system.told) <= 1 else _apart(system, low_n)
    return [Placed(key, (low_n, high_n), means, one) for key in system.hidden]


def _closed_form(system: System, mine: float) -> dict[int, Interval]:
    """Means of a group of so many answers beside the others of a remainder of one figure."""
    (one,), answers, n = system.rows, system.answers, float(system.rows[0].answers)
    means = {}
    for i in answers.scores:
        least, most = answers.least[i], answers.most[i]
        top = least + (one.high[i] - least * n) / mine if mine else most
        bottom = most - (most * n - one.low[i]) / mine if mine else least
        means[i] = max(least, bottom), min(most, top)
    return means


def _apart(system: System, mine: float) -> dict[int, Interval]:
    """The same of several figures: its answers and those of the others, at each corner."""
    answers, (_, low, high) = system.answers, system.sums_of_rows
    corners, n = len(answers.points), float(system.rows[0].answers)
    own = np.concatenate([np.ones(corners), np.zeros(corners)])
    inside = Constraints(
        np.vstack([own, 1.0 - own, np.tile(answers.points[:, system.told].T, 2)]),
        np.concatenate([[mine, n - mine], low]),
        np.concatenate([[mine, n - mine], high]),
        np.zeros(2 * corners),
        np.full(2 * corners, np.inf),
    )
    means = {}
    for i in answers.scores:
        mean = np.concatenate([answers.points[:, i], np.zeros(corners)]) / mine
        means[i] = inside.least(mean), -inside.least(-mean)
    return means


def _in_several(one: Unsure) -> Iterator[Placed]:
    """Hidden groups of several remainders; the means only of those that may be small."""
    system, k = one.system, len(one.system.unknown)
    inside = Constraints(
        system.incidence, system.counts, system.counts, system.least_counts, np.full(k, np.inf)
    )
    for key in sorted(one.counts | one.means):
        (at,) = system.places([key])
        pick = np.eye(k)[at]
        count = inside.least(pick), -inside.least(-pick)
        teller = min((r for r in system.rows if key in r.hidden), key=lambda r: len(r.unknown))
        means = {}
        if key in one.means and count[0] < system.threshold:
            ends = _means(system, at)
            for figure in system.answers.scores:
                mean = np.append(np.kron(pick, system.answers.points[:, figure]), 0.0)
                means[figure] = ends.least(mean), -ends.least(-mean)
        yield Placed(key, count, means, teller)


def _means(system: System, at: int) -> Constraints:
    """Answers at each corner by unknown, and last one over the count of group `at`, which divides
    all of them."""
    k, corners = len(system.unknown), len(system.answers.points)
    n, (sums, low, high) = k * corners + 1, system.sums_of_rows
    count_of = kron(identity(k), np.ones((1, corners)), "csr")
    rows = vstack([
        hstack([system.count_of_rows, -system.counts[:, None]]),
        hstack([count_of[[at]], csr_matrix((1, 1))]),
        hstack([count_of, -system.least_counts[:, None]]),
        hstack([sums, -low[:, None]]),
        hstack([sums, -high[:, None]]),
    ])  # fmt: skip
    r, s = len(system.counts), len(low)
    return Constraints(
        rows,
        np.concatenate([np.zeros(r), [1.0], np.zeros(k + s), np.full(s, -np.inf)]),
        np.concatenate([np.zeros(r), [1.0], np.full(k + s, np.inf), np.zeros(s)]),
        np.zeros(n),
        np.full(n, np.inf),
    )
