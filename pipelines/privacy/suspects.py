"""Hidden groups that reach the threshold, as somebody sees them who does not know that they do.

What belongs here: the bounds of such a group's mean whatever its count, and when they are too
narrow. What does not: groups that are small (privacy.protection), whose bounds are narrower.

A reader cannot tell a small group from one that protects it, so a mean that is placed narrowly is
told of both. Only where he sees that a group reaches the threshold may its mean be placed. The mean
is a ratio of unknowns: divided by the count of the group, its bounds are a linear programme
(Charnes and Cooper 1962, Naval Research Logistics Quarterly 9).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from operator import itemgetter

import numpy as np

from pipelines.privacy.blocks import Block, Measure
from pipelines.privacy.bounds import (
    PROTECTION,
    TOLERANCE,
    System,
    counts_programme,
    score_width,
    scores_programme,
)
from pipelines.privacy.protection import Broken, hidden_systems, to_mend
from pipelines.privacy.widths import Programme, Widths, directions_unseen


def placed_suspects(blocks: Iterable[tuple[Block, set[int]]]) -> list[Broken]:
    """One equation for every hidden group whose mean or count is placed too narrowly."""
    placed = [
        (how, block, system, group)
        for block, hidden in blocks
        for measure in block.measures
        for system in hidden_systems(block, measure, hidden, _suspects(block, measure, hidden))
        for how, group in _placed(block, system)
    ]
    return [
        Broken(block, system.measure, row)
        for _, block, system, group in sorted(placed, key=itemgetter(0))
        if (row := to_mend(system, group)) is not None
    ]


BY_ONE_SUM, BY_COUNT, BY_MEAN = range(3)
"""How a group is placed, the plainest first."""


def _placed(block: Block, system: System) -> Iterable[tuple[int, frozenset[int]]]:
    """Groups of a system whose mean or count is placed; where one sum tells all, the first."""
    if len(system.equations) > 1 or system.together is not None:
        return _placed_by_several(block, system)
    return [(BY_ONE_SUM, system.groups[0])] if _is_told_by_one(system) else []


def _suspects(block: Block, measure: Measure, hidden: set[int]) -> list[frozenset[int]]:
    atoms = {next(iter(block.nodes[node])) for node in hidden if len(block.nodes[node]) == 1}
    return [frozenset((a,)) for a in sorted(atoms) if measure.people[a] >= measure.threshold]


def _is_told_by_one(system: System) -> bool:
    """Whether one sum over several groups is such that it tells the mean of each."""
    m, atoms = system.measure, system.atoms
    if len(atoms) == 1 or m.counts_only:
        return False
    # the fewer answers a group has, the less its mean is tied to the sum
    return score_width(system, 1.0) < PROTECTION * (m.high - m.low) - TOLERANCE


def _placed_by_several(block: Block, system: System) -> Iterator[tuple[int, frozenset[int]]]:
    """Groups whose count or mean is placed, unless they are seen to reach the threshold."""
    m = system.measure
    programme = counts_programme(system)
    counts, listed = Widths(programme), Widths(_as_listed(block, system, programme))
    scores = None if m.counts_only else Widths(scores_programme(system))
    for i, group in enumerate(system.groups):
        (atom,) = group
        least = PROTECTION * (m.high - m.low)
        has_count = counts.freedom(i) >= m.threshold - 2 - TOLERANCE
        if has_count and (
            scores is None or scores.freedom(i) >= least * m.answers[atom] - TOLERANCE
        ):
            continue
        if listed.least(i) >= m.threshold - TOLERANCE:
            continue
        if counts.of(i) < m.threshold - 2 - TOLERANCE:
            yield BY_COUNT, group
        elif scores is None:
            continue
        elif Widths(_mean_programme(system, atom)).of(0) < least - TOLERANCE:
            yield BY_MEAN, group


def _as_listed(block: Block, system: System, counts: Programme) -> Programme:
    """Counts for a reader who does not know that groups no table lists hold an answer."""
    bare = block.bare_atoms(system.measure)
    return replace(counts, low=np.array([0.0 if a in bare else 1.0 for a in system.atoms]))


def _mean_programme(system: System, atom: int) -> Programme:
    """Counts, parts above the least possible, and 1, all divided by the count of `atom`."""
    m, atoms, joint = system.measure, system.atoms, system.together
    parts, own = (m.parts, range(len(m.parts))) if joint is None else (joint.parts, joint.own)
    region = m.region if joint is None else joint.region
    k, s, at = len(atoms), len(parts), atoms.index(atom)
    rows = system.incidence
    answers = m.answers[atoms].astype(float)
    reach = region.most - region.least
    above = parts[:, atoms] - np.outer(region.least, answers)
    above = np.clip(above, 0.0, np.outer(reach, answers)).ravel()
    totals = np.concatenate([rows @ answers, np.kron(np.eye(s), rows) @ above])
    pick, eye = np.eye(k)[at], np.eye(k)
    equal = np.vstack([
        np.hstack([np.kron(np.eye(1 + s), rows), -totals[:, None]]),
        np.concatenate([pick, np.zeros(s * k + 1)]),
    ])  # fmt: skip
    edges = np.vstack([np.eye(s), region.facets])
    limits = np.concatenate([reach, region.limits - region.facets @ region.least])
    held = np.hstack([np.kron(-limits[:, None], eye), np.kron(edges, eye)])
    within = np.vstack([
        np.pad(held, ((0, 0), (0, 1))),
        np.hstack([-eye, np.zeros((k, s * k)), np.ones((k, 1))]),
    ])  # fmt: skip
    point = np.concatenate([answers, above, [1.0]]) / answers[at]
    wanted = np.zeros(s)
    wanted[list(own)] = m.weights
    n = k + s * k + 1
    return Programme(
        equal, point, np.zeros(n), np.full(n, np.inf), within,
        np.maximum(within @ point, 0.0),  # dust of sums
        np.concatenate([np.zeros(k), np.kron(wanted, pick), [0.0]])[None, :],
        np.array([PROTECTION * (m.high - m.low)]), directions_unseen(equal),
    )  # fmt: skip
