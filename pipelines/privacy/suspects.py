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
)
from pipelines.privacy.protection import Broken, hidden_systems

TOLERANCE = 1e-6


def placed_suspects(blocks: Iterable[tuple[Block, set[int]]]) -> list[Broken]:
    """One equation for every hidden group whose mean or count is placed too narrowly."""
    found = []
    for block, hidden in blocks:
        for measure in block.measures:
            for system in hidden_systems(block, measure, hidden, _suspects(block, measure, hidden)):
                placed = _placed(system)
                rows = [e for e in system.equations if e.atoms & placed]
                if rows:
                    row = min(rows, key=lambda e: len(e.atoms))
                    found.append(Broken(block, measure, row))
    return found


def _suspects(block: Block, measure: Measure, hidden: set[int]) -> list[frozenset[int]]:
    atoms = {next(iter(block.nodes[node])) for node in hidden if len(block.nodes[node]) == 1}
    return [frozenset((a,)) for a in sorted(atoms) if measure.people[a] >= measure.threshold]


def _placed(system: System) -> set[int]:
    """Suspects of a system that are placed."""
    if len(system.equations) == 1:
        return _placed_by_one(system)
    m = system.measure
    atoms = [next(iter(group)) for group in system.groups]
    counts = freedom(counts_programme(system))
    open_ = counts >= m.threshold - 2 - TOLERANCE
    if not m.counts_only:
        scores = freedom(scores_programme(system))
        open_ &= scores >= PROTECTION * (m.high - m.low) * m.answers[atoms] - TOLERANCE
    return {a for a, is_open in zip(atoms, open_, strict=True) if not is_open and _narrow(system, a)}


def _placed_by_one(system: System) -> set[int]:
    m, atoms = system.measure, system.atoms
    if len(atoms) == 1 or m.counts_only:
        return set()
    answers = m.answers[atoms].sum()
    above = float(np.dot(m.weights, m.parts[:, atoms].sum(axis=1))) - m.low * answers
    room = min(above, (m.high - m.low) * answers - above)
    is_placed = room < PROTECTION * (m.high - m.low) - TOLERANCE
    return {next(iter(group)) for group in system.groups} if is_placed else set()


def _narrow(system: System, atom: int) -> bool:
    m = system.measure
    counts = counts_programme(system)
    number = next(i for i, group in enumerate(system.groups) if atom in group)
    ((low, high),) = ends([(counts, number)])
    if low >= m.threshold - TOLERANCE:
        return False
    if high - low < m.threshold - 2 - TOLERANCE:
        return True
    if m.counts_only:
        return False
    mean = _mean_programme(system, atom)
    width = freedom(mean)[0]
    if width < mean.enough[0]:
        ((low, high),) = ends([(mean, 0)])
        width = high - low
    return bool(width < mean.enough[0] - TOLERANCE)


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
    shown = np.diag([1.0 if a in system.shown else 0.0 for a in atoms])[
        [a in system.shown for a in atoms]
    ]
    above = np.vstack([
        np.hstack([-(m.high - m.low) * np.eye(k), np.eye(k), np.zeros((k, 1))]),
        np.hstack([-shown, np.zeros_like(shown), np.ones((len(shown), 1))]),
    ])  # fmt: skip
    point = np.concatenate([answers, sums, [1.0]]) / answers[at]
    return Programme(
        equal, point, np.zeros(2 * k + 1), np.full(2 * k + 1, np.inf), above, np.zeros(len(above)),
        np.concatenate([np.zeros(k), pick, [0.0]])[None, :],
        np.array([PROTECTION * (m.high - m.low)]),
    )  # fmt: skip
