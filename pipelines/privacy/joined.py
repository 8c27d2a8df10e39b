"""Releases together: the unknowns of earlier releases beside those of now, in one system.

What belongs here: which groups are as they were, and what earlier releases told and withheld of
them. What does not: the records (privacy.records) and what follows from all totals
(privacy.equations).

A group whose answers and score sum are what they were is one unknown; one that has changed
is another unknown in every release it is different in, with its figures of then. So the totals of
all releases are equations that hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import partial

import numpy as np

from pipelines.privacy.blocks import Block, Earlier, Label, Measure
from pipelines.privacy.movers import Apart, Figures, are_equal
from pipelines.privacy.records import Then


def join_releases(block: Block, releases: Iterable[Then]) -> None:
    """Give a block the atoms of earlier releases, and what they told and withheld."""
    joined = _Joined(block)
    for then in releases:
        for measure in block.measures:
            if then.block is None:
                joined.add_as_now(measure, then)
            else:
                joined.add(measure, then.block, then)
    joined.take_apart()
    block.measures = joined.measures()
    block.earlier = joined.earlier
    for measure in block.measures:
        apart, told = joined.apart[measure.name], block.earlier[measure.name].told
        block.if_taken_apart[measure.name] = apart.readings(measure, told)


class _Joined:
    """Atoms of several releases: those of now, then one for each other version of a place."""

    def __init__(self, block: Block) -> None:
        self.block = block
        self.earlier = {m.name: Earlier() for m in block.measures}
        self._now = {label: atom for atom, label in enumerate(block.made_by)}
        self._atoms: dict[tuple[Label, int], int] = {}
        self._versions: dict[tuple[str, Label], list[tuple[Figures, int]]] = {}
        self._seen: dict[tuple[str, Label], dict[int, None]] = {}
        self._in: dict[str, dict[str, set[int]]] = {m.name: {} for m in block.measures}
        self.apart = {m.name: Apart() for m in block.measures}

    def add(self, measure: Measure, block: Block, then: Then) -> None:
        """Totals of one metric of releases of one block, over the atoms as they were."""
        theirs = next((m for m in block.measures if m.name == measure.name), None)
        if theirs is None:
            return
        atoms = {
            int(a): self._atom(measure, block.made_by[a], _figures(theirs, a))
            for a in theirs.answers.nonzero()[0]
        }
        self._were_in(measure, then, atoms.values())
        known, shown = self.earlier[measure.name], then.shown.get(measure.name, {})
        there = {int(a) for a in measure.answers.nonzero()[0]}
        others = {self._now.get(block.made_by[a]) for a, atom in atoms.items() if atom not in there}
        moved = frozenset((there - set(atoms.values())) | {a for a in others if a is not None})
        known.moved.update(dict.fromkeys(then.releases, moved))
        for cell in theirs.cells.nonzero()[0]:
            members = frozenset(atoms[a] for a in block.members[cell] if a in atoms)
            if block.labels[cell] in shown:
                repeats = float(theirs.repeats[cell])
                known.told[members] = min(repeats, known.told.get(members, repeats))
            elif len(members) > 1:
                known.withheld.add(members)

    def add_as_now(self, measure: Measure, then: Then) -> None:
        """Totals of a release whose hidden groups count as they are now, and shown ones are known.

        A hidden group that is gone, or was small and no longer is, is an unknown of its own. Its
        location counts in the region it lay in then.
        """
        block, known = self.block, self.earlier[measure.name]
        known.is_whole = False
        shown, hidden = (of.get(measure.name, {}) for of in (then.shown, then.hidden))
        atoms = {int(a): int(a) for a in measure.answers.nonzero()[0]}
        for cell, label in enumerate(block.labels):
            if len(block.members[cell]) > 1 or (label not in shown and label not in hidden):
                continue
            (atom,) = block.members[cell]
            if shown.get(label):
                atoms.pop(atom, None)
            elif label in hidden:
                people = measure.people[atom]
                if not people or (hidden[label] and people >= measure.threshold):
                    atoms[atom] = self._atom(measure, block.made_by[atom], _small(measure))
        self._were_in(measure, then, atoms.values())
        inside = _as_they_lay(block, then.regions)
        for cell, label in enumerate(block.labels):
            members = frozenset(atoms[a] for a in inside[label] if a in atoms)
            if label in shown and members:
                repeats = float(measure.repeats[cell])
                known.told[members] = min(repeats, known.told.get(members, repeats))

    def _atom(self, measure: Measure, label: Label, figures: Figures) -> int:
        versions = self._versions.setdefault((measure.name, label), [])
        now = self._now.get(label)
        if not versions and now is not None and measure.answers[now]:
            versions.append((_figures(measure, now), now))
        atom = next((atom for known, atom in versions if are_equal(known, figures)), None)
        if atom is None:
            atom = self._further(measure, label, figures)
        self._seen.setdefault((measure.name, label), {})[atom] = None
        return atom

    def _further(self, measure: Measure, label: Label, figures: Figures) -> int:
        versions = self._versions.setdefault((measure.name, label), [])
        atom = self._atoms.setdefault((label, len(versions)), len(self._now) + len(self._atoms))
        versions.append((figures, atom))
        return atom

    def take_apart(self) -> None:
        """Find who stayed, came and went in the places that are not as they were."""
        for measure in self.block.measures:
            mine = [(label, seen) for (m, label), seen in self._seen.items() if m == measure.name]
            for label, seen in mine:
                figures = {atom: of for of, atom in self._versions[measure.name, label]}
                in_time = dict.fromkeys((*seen, *figures))  # that of now comes last
                versions = {atom: figures[atom] for atom in in_time}
                self.apart[measure.name].add(measure, versions, partial(self._moved, label))

    def _were_in(self, measure: Measure, then: Then, atoms: Iterable[int]) -> None:
        for release in then.releases:
            self._in[measure.name].setdefault(release, set()).update(atoms)

    def _moved(self, label: Label, measure: Measure, number: int, figures: Figures) -> int:
        """The atom of those who came or went, who are a place of their own."""
        return self._further(measure, ("moved", *label, str(number)), figures)

    def measures(self) -> list[Measure]:
        """The metrics of the block with the further atoms."""
        n, more = len(self._now), len(self._atoms)
        if not more:
            return list(self.block.measures)
        place: dict[Label, int] = dict(self._now)
        places = [*range(n), *(place.setdefault(lb, a) for (lb, _), a in self._atoms.items())]
        found = []
        for measure in self.block.measures:
            further = np.zeros((2 + len(measure.parts), more))
            for (metric, _), versions in self._versions.items():
                for figures, atom in versions if metric == measure.name else ():
                    if atom >= n:
                        further[:, atom - n] = figures
            found.append(
                replace(
                    measure,
                    answers=np.concatenate([measure.answers, further[0]]),
                    people=np.concatenate([measure.people, further[1]]),
                    parts=np.hstack([measure.parts, further[2:]]),
                    places=np.array(places),
                    is_in=self._is_in(measure, n + more),
                )
            )
        return found

    def _is_in(self, measure: Measure, n_atoms: int) -> np.ndarray:
        """In which releases an atom's answers were, shape (releases, atoms), now first."""
        releases = [measure.answers.nonzero()[0].tolist(), *self._in[measure.name].values()]
        found = np.zeros((len(releases), n_atoms), dtype=bool)
        for row, atoms in zip(found, releases, strict=True):
            row[list(atoms)] = True
        return found


def _as_they_lay(block: Block, regions: Mapping[str, str | None]) -> dict[Label, set[int]]:
    """Atoms of every cell, those of a location in the region it lay in, where that is known."""
    inside = {label: set(atoms) for label, atoms in zip(block.labels, block.members, strict=True)}
    for level, at, period in block.labels:
        lay_in = regions.get(at) if level == "location" else None
        for label in inside if lay_in is not None else ():
            if label[0] == "region" and label[2] == period:
                change = set.__or__ if label[1] == lay_in else set.__sub__
                inside[label] = change(inside[label], inside["location", at, period])
    return inside


def _figures(measure: Measure, atom: int) -> Figures:
    return (
        float(measure.answers[atom]),
        float(measure.people[atom]),
        *map(float, measure.parts[:, atom]),
    )


def _small(measure: Measure) -> Figures:
    """Figures of a group nothing is known of but that it was small."""
    people = max(1.0, measure.threshold - 1.0)
    parts = {0: (), 1: ((measure.low + measure.high) / 2 * people,)}
    return people, people, *parts.get(len(measure.weights), (people / 2, people / 2))
