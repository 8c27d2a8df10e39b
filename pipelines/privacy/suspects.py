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
from dataclasses import dataclass, replace

import numpy as np
from scipy import linalg

from pipelines.privacy.blocks import Block, Measure
from pipelines.privacy.bounds import (
    PROTECTION,
    Programme,
    System,
    counts_programme,
    ends,
    freedom,
    incidence,
    score_width,
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
                if len(system.equations) > 1 or system.together is not None:
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
    """Whether one sum over several groups is such that it tells the mean of each."""
    m, atoms = system.measure, system.atoms
    if len(atoms) == 1 or m.counts_only:
        return False
    # the fewer answers a group has, the less its mean is tied to the sum
    return score_width(system, 1.0) < PROTECTION * (m.high - m.low) - TOLERANCE


def _narrow(suspects: Sequence[_Suspect]) -> list[_Suspect]:
    """Those whose count or mean is placed, unless they are seen to reach the threshold."""
    counts = ends([(counts_programme(s.system), s.number) for s in suspects])
    seen = ends([(_counts_as_listed(s), s.number) for s in suspects])
    found, scored = [], []
    for suspect, (low, high), (surely, _) in zip(suspects, counts, seen, strict=True):
        m = suspect.system.measure
        if surely >= m.threshold - TOLERANCE:
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


def _counts_as_listed(suspect: _Suspect) -> Programme:
    """Counts for a reader who does not know that groups no table lists hold an answer."""
    programme = counts_programme(suspect.system)
    bare = suspect.block.bare_atoms(suspect.system.measure)
    listed = [0.0 if atom in bare else 1.0 for atom in suspect.system.atoms]
    return replace(programme, low=np.array(listed))


def _mean_programme(system: System, atom: int) -> Programme:
    """Counts, parts above the least possible, and 1, all divided by the count of `atom`."""
    m, atoms, joint = system.measure, system.atoms, system.together
    parts, own = (m.parts, range(len(m.parts))) if joint is None else (joint.parts, joint.own)
    region = m.region if joint is None else joint.region
    k, s, at = len(atoms), len(parts), atoms.index(atom)
    rows = incidence(system, {a: i for i, a in enumerate(atoms)})
    answers = m.answers[atoms].astype(float)
    reach = region.most - region.least
    above = parts[:, atoms] - np.outer(region.least, answers)
    above = np.clip(above, 0.0, np.outer(reach, answers)).ravel()
    totals = np.concatenate([rows @ answers, np.kron(np.eye(s), rows) @ above])
    pick, eye = np.eye(k)[at], np.eye(k)
    equal = np.vstack([
        np.hstack([linalg.block_diag(rows, np.kron(np.eye(s), rows)), -totals[:, None]]),
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
        np.array([PROTECTION * (m.high - m.low)]),
    )  # fmt: skip
