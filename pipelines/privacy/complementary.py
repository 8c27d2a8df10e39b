"""Complementary suppression: which further cells are hidden so that the promise holds.

What belongs here: greedy choice with repair, and taking back what turned out needless. What does
not: the promise itself (privacy.protection) and the equations (privacy.equations).

Every broken equation is mended by hiding one more group inside its total: the one that costs the
fewest cells, then the fewest answers. Whatever is hidden without need at the end is shown again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipelines.privacy.blocks import Block
from pipelines.privacy.protection import Broken, broken_promises, tied_atoms


def hide_more(blocks: Sequence[Block]) -> list[set[int]]:
    """The cells to hide of every block: the primary ones and their complement."""
    hidden = [{b.node_of_cell[c] for c in b.primary} for b in blocks]
    first = [set(h) for h in hidden]
    cache: dict = {}
    _mend_all(blocks, hidden, cache)
    _take_back(blocks, hidden, first, cache)
    _mend_all(blocks, hidden, cache)
    return [
        {c for node in h for c in b.cells_of_node[node]}
        for b, h in zip(blocks, hidden, strict=True)
    ]


def _mend_all(blocks: Sequence[Block], hidden: list[set[int]], cache: dict) -> None:
    index = {id(b): i for i, b in enumerate(blocks)}
    dirty: Iterable[int] = range(len(blocks))
    while dirty:
        broken = broken_promises([(blocks[i], hidden[i]) for i in dirty], cache)
        dirty = _mend(broken, hidden, index)


def _mend(broken: Iterable[Broken], hidden: list[set[int]], index: dict[int, int]) -> list[int]:
    """Hide one more group for every broken equation that is not mended yet; the blocks touched."""
    touched: dict[int, set[int]] = {}
    for found in sorted(broken, key=lambda b: (len(b.equation.atoms), b.equation.node)):
        i = index[id(found.block)]
        fresh = touched.setdefault(i, set())
        total = found.block.nodes[found.equation.node]
        if any(found.block.nodes[node] <= total for node in fresh):
            continue  # another group in this total was hidden in this pass: look again
        chosen = _cheapest(found, hidden[i])
        hidden[i] |= chosen
        fresh |= chosen
    return list(touched)


def _cheapest(found: Broken, hidden: set[int]) -> set[int]:
    """Nodes to hide so that one more known atom joins the equation; else its total itself."""
    block, measure, equation = found.block, found.measure, found.equation
    total = block.nodes[equation.node]
    best: tuple[tuple, set[int]] | None = None
    for atom in total - equation.atoms:
        if not measure.answers[atom]:
            continue
        nodes = {
            node
            for node in block.nodes_of_atom[atom]
            if node not in hidden and block.nodes[node] < total
        }
        if not nodes:
            continue
        cost = (sum(len(block.cells_of_node[n]) for n in nodes), float(measure.answers[atom]), atom)
        if best is None or cost < best[0]:
            best = cost, nodes
    return best[1] if best else {equation.node}


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
