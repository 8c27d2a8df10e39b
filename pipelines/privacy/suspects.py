"""Hidden groups that reach the threshold, as somebody sees them who does not know that they do.

What belongs here: the bounds of such a group's mean whatever its count, and when they are too
narrow. What does not: groups that are small (privacy.protection), whose bounds are narrower.

A reader cannot tell a small group from one that protects it, so a mean that is placed narrowly is
told of both. Only where he sees that a group reaches the threshold may its mean be placed. The mean
is a ratio of unknowns: divided by the count of the group, its bounds are a linear programme
(Charnes and Cooper 1962, Naval Research Logistics Quarterly 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from pipelines.privacy.blocks import Block, Measure
from pipelines.privacy.bounds import (
    PROTECTION,
    Programme,
    System,
    counts_programme,
    ends,
    freedom,
    incidence,
    scores_programme,
    solve,
)
from pipelines.privacy.protection import Broken, hidden_systems, to_mend

TOLERANCE = 1e-6


@dataclass(frozen=True)
class _Suspect:
    """A hidden group in a system: `atom` is its only one, `number` its place among the groups."""

    block: Block
    system: System
    atom: int
    number: int


def placed_suspects(blocks: Iterable[tuple[Block, set[int]]]) -> list[Broken]:
    """One equation for every hidden group whose mean or count is placed too narrowly."""
    found, unsure = [], []
    for block, hidden in blocks:
        for measure in block.measures:
            for system in hidden_systems(block, measure, hidden, _suspects(block, measure, hidden)):
                if len(system.equations) > 1:
                    unsure += [_Suspect(block, system, *who) for who in _not_free(system)]
                elif _is_told_by_one(system):
                    found.append((block, system, system.groups[0]))
    found += [(s.block, s.system, frozenset((s.atom,))) for s in _narrow(unsure)]
    return [
        Broken(block, system.measure, row)
        for block, system, group in found
        if (row := to_mend(system, group)) is not None
    ]


def _suspects(block: Block, measure: Measure, hidden: set[int]) -> list[frozenset[int]]:
    atoms = {next(iter(block.nodes[node])) for node in hidden if len(block.nodes[node]) == 1}
    return [frozenset((a,)) for a in sorted(atoms) if measure.people[a] >= measure.threshold]


def _not_free(system: System) -> list[tuple[int, int]]:
    """Atom and number of the groups whose freedom is not plain to see."""
    m = system.measure
    atoms = [next(iter(group)) for group in system.groups]
    is_free = freedom(counts_programme(system)) >= m.threshold - 2 - TOLERANCE
    if not m.counts_only:
        scores = freedom(scores_programme(system))
        is_free &= scores >= PROTECTION * (m.high - m.low) * m.answers[atoms] - TOLERANCE
    return [(atom, i) for i, atom in enumerate(atoms) if not is_free[i]]


def _is_told_by_one(system: System) -> bool:
    """Whether one sum over several groups is so high or low that it tells the mean of each."""
    m, atoms = system.measure, system.atoms
    if len(atoms) == 1 or m.counts_only:
        return False
    answers = m.answers[atoms].sum()
    above = float(np.dot(m.weights, m.parts[:, atoms].sum(axis=1))) - m.low * answers
    room = min(above, (m.high - m.low) * answers - above)
    return bool(room < PROTECTION * (m.high - m.low) - TOLERANCE)


def _narrow(suspects: Sequence[_Suspect]) -> list[_Suspect]:
    """Those whose count or mean is placed, unless they are seen to reach the threshold."""
    counts = ends([(counts_programme(s.system), s.number) for s in suspects])
    found, scored = [], []
    for suspect, (low, high) in zip(suspects, counts, strict=True):
        m = suspect.system.measure
        if low >= m.threshold - TOLERANCE:
            continue
        if high - low < m.threshold - 2 - TOLERANCE:
            found.append(suspect)
        elif not m.counts_only:
            scored.append(suspect)
    widths = solve([_mean_programme(s.system, s.atom) for s in scored])
    for suspect, (width,) in zip(scored, widths, strict=True):
        m = suspect.system.measure
        if width < PROTECTION * (m.high - m.low) - TOLERANCE:
            found.append(suspect)
    return found


def _mean_programme(system: System, atom: int) -> Programme:
    """Counts, score sums above the least possible, and 1, all divided by the count of `atom`."""
    m, atoms = system.measure, system.atoms
    k, at = len(atoms), atoms.index(atom)
    rows = incidence(system, {a: i for i, a in enumerate(atoms)})
    answers = m.answers[atoms].astype(float)
    sums = np.clip(
        np.dot(m.weights, m.parts[:, atoms]) - m.low * answers, 0.0, (m.high - m.low) * answers
    )
    pick, none = np.eye(k)[at], np.zeros((len(rows), k))
    equal = np.vstack([
        np.hstack([rows, none, -(rows @ answers)[:, None]]),
        np.hstack([none, rows, -(rows @ sums)[:, None]]),
        np.concatenate([pick, np.zeros(k + 1)]),
    ])  # fmt: skip
    above = np.vstack([
        np.hstack([-(m.high - m.low) * np.eye(k), np.eye(k), np.zeros((k, 1))]),
        np.hstack([-np.eye(k), np.zeros((k, k)), np.ones((k, 1))]),
    ])  # fmt: skip
    point = np.concatenate([answers, sums, [1.0]]) / answers[at]
    return Programme(
        equal, point, np.zeros(2 * k + 1), np.full(2 * k + 1, np.inf), above, np.zeros(len(above)),
        np.concatenate([np.zeros(k), pick, [0.0]])[None, :],
        np.array([PROTECTION * (m.high - m.low)]),
    )  # fmt: skip
