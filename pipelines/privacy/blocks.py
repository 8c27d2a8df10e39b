"""What is to be released, as sets of atoms: the one form complementary suppression works on.

What belongs here: cells, atoms and their totals. What does not: where cells come from
(privacy.atoms) and what is hidden (privacy.complementary).

An atom is the finest group of answers that published numbers can tell apart: a unit in a period,
or the rest of a location, team, region or company that reaches no unit. Every cell is a set of
atoms, so whatever adds up (teams, regions, quarters) is one kind of statement: a set's total.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

Label = tuple[str, ...]
"""Unit level, unit and period of a cell."""


Told = tuple[frozenset[int], int]
"""Atoms whose total is told, and the node of the total it comes from."""


@dataclass
class Earlier:
    """What earlier releases have to do with one metric of a block, in its atoms.

    `told`: atoms of every total they showed -> how often one person may count twice in it at most.
    `withheld` are the groups of several atoms they did not show. `is_whole`: every atom that ever
    held answers is known, because each of them has its record. `moved`: by release that has its
    record, the places that are not as they were in it.
    """

    told: dict[frozenset[int], float] = field(default_factory=dict)
    withheld: set[frozenset[int]] = field(default_factory=set)
    is_whole: bool = True
    moved: dict[str, frozenset[int]] = field(default_factory=dict)
    spread: dict[int, frozenset[int]] = field(default_factory=dict)
    """Version of a place -> the groups it consists of: who stayed, came and went."""
    movers: frozenset[int] = frozenset()
    """Atoms of those who came or went, if of them alone nothing is to be said."""
    most_answers: float = float("inf")
    """Totals of more answers are left out: what is told of them is rounded."""
    is_in: np.ndarray | None = None
    """In which releases the groups were that versions of a place consist of (Measure.is_in)."""

    @cached_property
    def known(self) -> frozenset[int]:
        """Atoms that were told by themselves."""
        return frozenset(a for atoms in self.told if len(atoms) == 1 for a in atoms)

    @cached_property
    def rests(self) -> list[tuple[frozenset[int], float]]:
        """What was told of the other atoms, with the repeats of its total."""
        left = ((atoms - self.known, repeats) for atoms, repeats in self.told.items())
        return [(atoms, repeats) for atoms, repeats in left if atoms]


@dataclass(frozen=True)
class Region:
    """Where the parts of one answer can lie: `least <= x <= most` and `facets @ x <= limits`.

    `least`, `most`, shape (parts,); `facets`, shape (facets, parts). The parts of n answers lie in
    n times the region.
    """

    least: np.ndarray
    most: np.ndarray
    facets: np.ndarray
    limits: np.ndarray


@dataclass(frozen=True)
class Together:
    """A metric among those made of the same answers.

    `parts` of all of them, shape (parts, atoms); `own` are the rows of this one.
    """

    parts: np.ndarray
    own: tuple[int, ...]
    region: Region


@dataclass(frozen=True)
class Measure:
    """One metric of a block: what attackers could add and subtract, by atom and by cell.

    `answers`, `people`, `places`, shape (atoms,); atoms of one place are the same group in several
    releases. `is_in`, shape (releases, atoms): in which releases the answers of an atom were, now
    first. `parts`, shape (parts, atoms): the score sum of a mean, or
    the promoters and detractors of a net promoter score, which count answers. `weights` make the
    score sum of the parts; `low` and `high` bound the score of one answer, and `step` is the
    widest by which two score sums can differ. Answers of 0: the atom is not in this metric.
    """

    name: str
    threshold: int
    answers: np.ndarray
    people: np.ndarray
    parts: np.ndarray
    weights: tuple[float, ...]
    low: float
    high: float
    step: float
    repeats: np.ndarray
    """Answers less people, by cell: how often one person may count twice in it."""
    cells: np.ndarray
    """Whether the cell is there in this metric, by cell."""
    places: np.ndarray
    """Number of the place of an atom, by atom."""
    is_in: np.ndarray
    together: Together | None = None
    """Its place among the metrics of the same answers, over the atoms of this release."""

    @property
    def region(self) -> Region:
        """Where the parts of one answer of this metric alone can lie."""
        if len(self.weights) == 2:  # promoters and detractors, who are different answers
            return Region(np.zeros(2), np.ones(2), np.ones((1, 2)), np.ones(1))
        k = len(self.parts)
        low, high = np.full(k, self.low), np.full(k, self.high)
        return Region(low, high, np.zeros((0, k)), np.zeros(0))

    @property
    def counts_only(self) -> bool:
        """A table of counts without a score, such as participation."""
        return not self.weights

    def people_of(self, atoms: Collection[int]) -> float:
        """At least so many people are in a group of atoms."""
        return _most_at_once(self._people_in, atoms)

    def answers_of(self, atoms: Collection[int]) -> float:
        """Most answers that a group of atoms held in any one release."""
        return _most_at_once(self._answers_in, atoms)

    @cached_property
    def _people_in(self) -> list[list[float]]:
        return (self.is_in * self.people).tolist()

    @cached_property
    def _answers_in(self) -> list[list[float]]:
        return (self.is_in * self.answers).tolist()


def _most_at_once(releases: Iterable[Sequence[float]], atoms: Collection[int]) -> float:
    """Most that a group of atoms held of something, by release and atom, in any one release.

    What it held in different releases may be of the same people, who changed their place.
    """
    return max(sum(held[a] for a in atoms) for held in releases)


@dataclass
class Block:
    """Cells that are judged together: one family of metrics in one set of linked periods.

    `members[i]` are the atoms of cell i. `primary` are cells that must be hidden for themselves.
    """

    name: str
    labels: Sequence[Label]
    members: Sequence[frozenset[int]]
    measures: Sequence[Measure]
    made_by: Sequence[Label] = ()
    """Label of the finest cell an atom lies in, by atom."""
    primary: set[int] = field(default_factory=set)
    earlier: dict[str, Earlier] = field(default_factory=dict)
    """By metric."""
    if_taken_apart: dict[str, list[Earlier]] = field(default_factory=dict)
    """By metric, the same for somebody who knows who came and went in each place: all
    totals, without a word on the movers alone, and those whose rounding leaves nothing open."""
    _totals: dict[str, list[Told]] = field(default_factory=dict)
    _nodes_of_total: dict[str, dict[frozenset[int], list[int]]] = field(default_factory=dict)
    _bare: dict[str, frozenset[int]] = field(default_factory=dict)
    _atom_of_node: dict[str, dict[int, int]] = field(default_factory=dict)

    @cached_property
    def nodes(self) -> list[frozenset[int]]:
        """The distinct sets of atoms; cells of one set are told or hidden together."""
        return list(dict.fromkeys(self.members))

    @cached_property
    def node_of_cell(self) -> list[int]:
        """Node of every cell."""
        index = {atoms: i for i, atoms in enumerate(self.nodes)}
        return [index[atoms] for atoms in self.members]

    @cached_property
    def cells_of_node(self) -> list[list[int]]:
        """Cells of every node."""
        found: list[list[int]] = [[] for _ in self.nodes]
        for cell, node in enumerate(self.node_of_cell):
            found[node].append(cell)
        return found

    @cached_property
    def nodes_of_atom(self) -> dict[int, list[int]]:
        """Nodes that hold an atom."""
        found: dict[int, list[int]] = {}
        for node, atoms in enumerate(self.nodes):
            for atom in atoms:
                found.setdefault(atom, []).append(node)
        return found

    def nodes_of_total(self, measure: Measure) -> dict[frozenset[int], list[int]]:
        """Nodes of every total of a metric, by its atoms."""
        if measure.name not in self._nodes_of_total:
            found: dict[frozenset[int], list[int]] = {}
            for atoms, node in self.totals(measure):
                found.setdefault(atoms, []).append(node)
            self._nodes_of_total[measure.name] = found
        return self._nodes_of_total[measure.name]

    def bare_atoms(self, measure: Measure) -> frozenset[int]:
        """Atoms of a metric that no cell of it shows alone."""
        if measure.name not in self._bare:
            there = frozenset(map(int, measure.answers.nonzero()[0]))
            self._bare[measure.name] = there - frozenset(self.atom_of_node(measure).values())
        return self._bare[measure.name]

    def atom_of_node(self, measure: Measure) -> dict[int, int]:
        """The atom of every node that has only one in a metric."""
        if measure.name not in self._atom_of_node:
            alone = ((node, atoms) for atoms, node in self.totals(measure) if len(atoms) == 1)
            self._atom_of_node[measure.name] = {node: next(iter(a)) for node, a in alone}
        return self._atom_of_node[measure.name]

    def totals(self, measure: Measure) -> list[Told]:
        """Atoms and node of every total of a metric, the smallest first."""
        if measure.name not in self._totals:
            there = frozenset(int(a) for a in measure.answers.nonzero()[0])
            self._totals[measure.name] = sorted(
                (
                    (atoms & there, node)
                    for node, atoms in enumerate(self.nodes)
                    if any(measure.cells[c] for c in self.cells_of_node[node])
                ),
                key=lambda item: len(item[0]),
            )
        return self._totals[measure.name]
