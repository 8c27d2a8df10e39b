"""Complementary suppression: which further cells are hidden so that the promise holds.

What belongs here: greedy choice with repair, and taking back what turned out needless. What does
not: the promise itself (privacy.protection) and the equations (privacy.equations).

A broken equation is mended by hiding one more group inside its total, or the total: what costs the
fewest cells for each equation it mends, then the fewest answers (the greedy rule for set covers,
Chvatal 1979, Mathematics of Operations Research 4). What is hidden without need is shown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipelines.privacy.blocks import Block
from pipelines.privacy.protection import Broken, broken_promises, tied_atoms, told_beside_movers
from pipelines.privacy.suspects import placed_suspects

WORTH = {"location": 2, "region": 3, "company": 3}
"""Cells that one cell of a level counts as: totals of many are read by more. Of a team that is one
unit two cells are hidden, so a location is worth as much as one of its teams."""


def hide_more(blocks: Sequence[Block], chosen: Sequence[set[int]]) -> list[set[int]]:
    """The cells to hide of every block: the primary ones and their complement.

    `chosen` are cells that were hidden when fewer were primary: the search begins there.
    """
    first = [{b.node_of_cell[c] for c in b.primary} for b in blocks]
    hidden = [
        f | {b.node_of_cell[c] for c in before}
        for b, f, before in zip(blocks, first, chosen, strict=True)
    ]
    cache: dict = {}
    _mend_all(blocks, hidden, cache)
    _take_back(blocks, hidden, first, cache)
    _mend_all(blocks, hidden, cache)
    while placed := placed_suspects(zip(blocks, hidden, strict=True)):
        _mend(placed, hidden, {id(b): i for i, b in enumerate(blocks)})
        _mend_all(blocks, hidden, cache)
    return [
        {c for node in h for c in b.cells_of_node[node]}
        for b, h in zip(blocks, hidden, strict=True)
    ]


def hide_beside_movers(block: Block, chosen: set[int]) -> set[int]:
    """Further cells to hide from who knows who moved since an earlier release.

    `chosen` are the cells that are hidden. They are looked for when all else holds, because that
    seldom finds anything.
    """
    hidden = [{block.node_of_cell[c] for c in chosen}]
    _mend(told_beside_movers(block, hidden[0]), hidden, {id(block): 0})
    return {c for node in hidden[0] for c in block.cells_of_node[node]} - chosen


def _mend_all(blocks: Sequence[Block], hidden: list[set[int]], cache: dict) -> None:
    index = {id(b): i for i, b in enumerate(blocks)}
    dirty: Iterable[int] = range(len(blocks))
    while dirty:
        broken = broken_promises([(blocks[i], hidden[i]) for i in dirty], cache)
        dirty = _mend(broken, hidden, index)


def _mend(broken: Iterable[Broken], hidden: list[set[int]], index: dict[int, int]) -> list[int]:
    """Hide more until every broken equation is mended or changed; the blocks touched."""
    by_block: dict[int, list[Broken]] = {}
    for found in broken:
        by_block.setdefault(index[id(found.block)], []).append(found)
    for i, found in by_block.items():
        totals = [each.block.nodes[each.equation.node] for each in found]
        settled: set[int] = set()
        for option in _ranked(found, hidden[i]):
            if settled.isdisjoint(option.mends):
                hidden[i] |= option.nodes
                chosen = frozenset().union(*(found[0].block.nodes[n] for n in option.nodes))
                # an equation over a group that was just hidden has changed: look again
                settled |= {k for k, total in enumerate(totals) if not chosen.isdisjoint(total)}
                settled |= option.mends
    return list(by_block)


@dataclass(frozen=True)
class _Option:
    """Nodes to hide, and which of the broken equations that mends."""

    nodes: frozenset[int]
    mends: frozenset[int]


def _ranked(broken: Sequence[Broken], hidden: set[int]) -> list[_Option]:
    """What could be hidden, the least cost for each equation mended first, then fewest answers."""
    by_atom: dict[int, dict[frozenset[int], set[int]]] = {}
    answers: dict[int, float] = {}
    for k, found in enumerate(broken):
        for atom, nodes, size in _options(found, hidden):
            by_atom.setdefault(atom, {}).setdefault(nodes, set()).add(k)
            answers[atom] = max(size, answers.get(atom, 0.0))
    ranked = []
    for atom, options in by_atom.items():
        for nodes in options:
            mends = frozenset().union(*(ks for n, ks in options.items() if n <= nodes))
            cost = sum(_cost(broken[0].block, node) for node in nodes)
            key = (cost / len(mends), cost, answers[atom], atom)
            ranked.append((key, _Option(nodes, mends)))
    return [option for _, option in sorted(ranked, key=lambda item: item[0])]


def _options(found: Broken, hidden: set[int]) -> Iterator[tuple[int, frozenset[int], float]]:
    """An atom, the nodes that hide it inside the total, its answers; at last the total itself.

    Of an equation of an earlier release: the totals of this one that it needs.
    """
    block, measure, equation = found.block, found.measure, found.equation
    for node in sorted(equation.needs or ()):
        atoms = list(block.nodes[node])
        yield -1 - node, frozenset((node,)), float(measure.answers[atoms].sum())
    if equation.needs is not None:
        return
    total = block.nodes[equation.node]
    for atom in total - equation.atoms:
        if not measure.answers[atom]:
            continue
        nodes = frozenset(
            node
            for node in block.nodes_of_atom[atom]
            if node not in hidden and block.nodes[node] < total
        )
        if nodes:
            yield atom, nodes, float(measure.answers[atom])
    yield -1 - equation.node, frozenset((equation.node,)), float(measure.answers[list(total)].sum())


def _cost(block: Block, node: int) -> int:
    return sum(WORTH.get(block.labels[cell][0], 1) for cell in block.cells_of_node[node])


def _take_back(
    blocks: Sequence[Block], hidden: list[set[int]], first: list[set[int]], cache: dict
) -> None:
    """Show again, the dearest first, what the promise does not need hidden.

    Groups whose equations share no atom are tried together: none can break what another's say.
    """
    queues = [
        sorted(h - f, key=lambda node, b=b: (-_answers(b, node), node))
        for b, h, f in zip(blocks, hidden, first, strict=True)
    ]
    while any(queues):
        tried = {i: _apart(blocks[i], hidden[i], queue) for i, queue in enumerate(queues) if queue}
        trial = [(blocks[i], hidden[i] - found.keys()) for i, found in tried.items()]
        told: dict[int, set[int]] = {}
        for broken in broken_promises(trial, cache):
            told.setdefault(id(broken.block), set()).update(broken.equation.atoms)
        for i, found in tried.items():
            needed = told.get(id(blocks[i]), set())
            hidden[i] -= {node for node, reach in found.items() if reach.isdisjoint(needed)}
            queues[i] = [node for node in queues[i] if node not in found]


def _apart(block: Block, hidden: set[int], queue: Iterable[int]) -> dict[int, set[int]]:
    """Nodes that no chain of equations ties together -> the atoms each can tell of if shown."""
    tied = tied_atoms(block, hidden)
    taken: set[int] = set()
    found: dict[int, set[int]] = {}
    for node in queue:
        reach = set(block.nodes[node])
        for component in {id(t): t for a in reach if (t := tied.get(a))}.values():
            reach |= component
        if reach.isdisjoint(taken):
            found[node] = reach
            taken |= reach
    return found


def _answers(block: Block, node: int) -> float:
    return max(float(m.answers[list(block.nodes[node])].sum()) for m in block.measures)
