"""What released totals still say about hidden answers: equations, reduced as far as they go.

What belongs here: residuals of released cells and their differences. What does not: whether a
residual says too much (privacy.protection).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from pipelines.privacy.blocks import Block, Measure


@dataclass(frozen=True)
class Equation:
    """The total over `atoms` can be worked out; `node` is the released total it comes from."""

    node: int
    atoms: frozenset[int]


def equations(block: Block, measure: Measure, hidden: set[int]) -> list[Equation]:
    """What can be worked out about atoms that are not released themselves, in reduced form.

    Each released total less the released atoms in it is an equation. An equation that holds
    others whole is reduced by them: the row space stays, and what is left is as small as it gets.
    """
    totals: dict[frozenset[int], int] = {}
    for atoms, node in block.totals(measure):
        if node not in hidden:
            totals.setdefault(atoms, node)
    known = {next(iter(atoms)) for atoms in totals if len(atoms) == 1}
    residuals: dict[frozenset[int], int] = {}
    for atoms, node in totals.items():
        unknown = atoms - known
        if unknown:
            residuals.setdefault(unknown, node)
    return [Equation(node, atoms) for atoms, node in _reduced(residuals.items())]


def _reduced(
    residuals: Iterable[tuple[frozenset[int], int]],
) -> list[tuple[frozenset[int], int]]:
    """Larger sets less the smaller ones they hold; sets come in order of size."""
    kept: list[tuple[frozenset[int], int]] = []
    at: dict[int, list[int]] = {}
    for atoms, node in sorted(residuals, key=lambda item: len(item[0])):
        left = set(atoms)
        inside = sorted({i for atom in atoms for i in at.get(atom, ())}, reverse=True)
        for i in inside:
            if kept[i][0] <= left:
                left -= kept[i][0]
        if left:
            for atom in left:
                at.setdefault(atom, []).append(len(kept))
            kept.append((frozenset(left), node))
    return kept


def components(rows: Sequence[Equation]) -> dict[int, int]:
    """Atom -> number of the set of equations that hang together over shared atoms."""
    atoms = [a for row in rows for a in row.atoms]
    if not atoms:
        return {}
    row_of = np.repeat(np.arange(len(rows)), [len(row.atoms) for row in rows])
    size = len(rows) + max(atoms) + 1
    graph = sparse.coo_array(
        (np.ones(len(atoms), dtype=bool), (row_of, np.array(atoms) + len(rows))), (size, size)
    )
    numbers = connected_components(graph, directed=False)[1].tolist()
    return {a: numbers[len(rows) + a] for a in atoms}
