"""What released totals still say about hidden answers: equations, reduced as far as they go.

What belongs here: residuals of released cells and their differences. What does not: whether a
residual says too much (privacy.protection).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipelines.privacy.blocks import Block, Earlier, Measure


@dataclass(frozen=True)
class Equation:
    """The total over `atoms` can be worked out; `node` is the released total it comes from.

    `needs` are the released totals without which an equation of an earlier release is not told;
    None where the equation is one of this release. `repeats`: how often one person may count twice
    in a total of an earlier release.
    """

    node: int
    atoms: frozenset[int]
    needs: frozenset[int] | None = None
    repeats: float | None = None

    @property
    def is_past_mending(self) -> bool:
        """Earlier releases tell it alone: nothing hidden now takes it back."""
        return self.needs is not None and not self.needs


def readings(block: Block, measure: Measure, hidden: set[int]) -> Iterator[list[Equation]]:
    """The equations of this release by itself, and those of all releases where others tell more.

    A release keeps the promise by itself, too: who does not know what has changed reads it so.
    """
    yield equations(block, measure, hidden, Earlier())
    earlier = block.earlier.get(measure.name)
    if earlier and _tells_more(block, measure, hidden, earlier):
        yield equations(block, measure, hidden, earlier)


def readings_of_movers(
    block: Block, measure: Measure, hidden: set[int]
) -> Iterator[tuple[Earlier, list[Equation]]]:
    """The same where a place that moved is who stayed, who came and who went."""
    for earlier in block.if_taken_apart.get(measure.name, ()):
        if _tells_more(block, measure, hidden, earlier):
            yield earlier, equations(block, measure, hidden, earlier)


def _tells_more(block: Block, measure: Measure, hidden: set[int], earlier: Earlier) -> bool:
    now = block.nodes_of_total(measure)
    return any(hidden.issuperset(now.get(atoms, ())) for atoms in earlier.told)


def equations(block: Block, measure: Measure, hidden: set[int], earlier: Earlier) -> list[Equation]:
    """What can be worked out about atoms that are not released themselves, in reduced form.

    Each released total less the released atoms in it is an equation. An equation that holds
    others whole is reduced by them: the row space stays, and what is left is as small as it gets.
    """
    nodes = block.nodes_of_total(measure)
    unknown = _unknown(block, measure, hidden) - earlier.known
    residuals: dict[frozenset[int], Equation] = {}
    for atoms, repeats in earlier.rests:
        left = atoms & unknown
        if left and left not in residuals:
            known = [nodes[frozenset((a,))] for a in atoms - left]
            needs = frozenset(next(n for n in of if n not in hidden) for of in known)
            residuals[left] = Equation(OF_EARLIER, left, needs, repeats)
    for atoms, node in block.totals(measure):
        if node not in hidden and not _is_rounded(measure, atoms, earlier):
            left = atoms & unknown
            if earlier.spread:
                # a place that is shown still tells of what it was and of who moved
                left = _spread(atoms if len(atoms) == 1 else left, earlier) & unknown
            if left and left not in residuals:
                residuals[left] = Equation(node, left)
    # what came or went alone is judged with its rounding (privacy.earlier)
    return [row for row in _reduced(residuals.values()) if not row.atoms <= earlier.movers]


def _is_rounded(measure: Measure, atoms: Iterable[int], earlier: Earlier) -> bool:
    most = earlier.most_answers
    return most < float("inf") and float(measure.answers[list(atoms)].sum()) > most


def _spread(atoms: frozenset[int], earlier: Earlier) -> frozenset[int]:
    return frozenset().union(*(earlier.spread.get(a, (a,)) for a in atoms))


def _unknown(block: Block, measure: Measure, hidden: set[int]) -> frozenset[int]:
    """Atoms that this release does not show as a cell of their own."""
    nodes, alone = block.nodes_of_total(measure), block.atom_of_node(measure)
    found = {a for n in hidden if (a := alone.get(n)) is not None}
    found = {a for a in found if hidden.issuperset(nodes[frozenset((a,))])}
    return block.bare_atoms(measure) | found


OF_EARLIER = -1
"""In place of the node of a total of an earlier release."""


def _reduced(residuals: Iterable[Equation]) -> list[Equation]:
    """Larger sets less the smaller ones they hold; sets come in order of size."""
    kept: list[Equation] = []
    at: dict[int, list[int]] = {}
    for one in sorted(residuals, key=lambda row: len(row.atoms)):
        left, needs = set(one.atoms), one.needs
        inside = sorted({i for atom in left for i in at.get(atom, ())}, reverse=True)
        for i in inside:
            if kept[i].atoms <= left:
                left -= kept[i].atoms
                if needs is not None:
                    theirs = kept[i].needs
                    needs |= frozenset((kept[i].node,)) if theirs is None else theirs
        if left:
            for atom in left:
                at.setdefault(atom, []).append(len(kept))
            kept.append(Equation(one.node, frozenset(left), needs, one.repeats))
    return kept


def components(rows: Iterable[Equation]) -> dict[int, int]:
    """Atom -> number of the set of equations that hang together over shared atoms."""
    home: dict[int, int] = {}
    members: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        members[number] = [a for a in row.atoms if a not in home]
        # the largest set stays as it is and takes the others in
        largest, *others = sorted(
            {number, *(home[a] for a in row.atoms if a in home)}, key=lambda n: -len(members[n])
        )
        home.update(dict.fromkeys(members[number], number))
        for other in others:
            moved = members.pop(other)
            home.update(dict.fromkeys(moved, largest))
            members[largest] += moved
    return home
