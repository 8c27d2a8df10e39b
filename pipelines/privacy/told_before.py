"""What earlier releases still tell: totals of groups that are as they were.

What belongs here: which totals of an earlier release hold for the answers of now. What does not:
what changed between releases (privacy.earlier) and what follows from all totals
(privacy.equations).

A cell that was shown and has not changed stays known, whether it is shown again or not. Where a
total and some of its groups have changed, what is left of it beside them may not have. Where that
has changed, too, a group in it that was small then must stay hidden as it was then: whoever guesses
that only this group has changed works it out from the others, once they are shown. It is an atom of
its own, as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.privacy.blocks import Block, Label, Measure, Told
from pipelines.privacy.bounds import PROTECTION
from pipelines.privacy.earlier import DUST, ROUNDED_TO, Earlier

Then = tuple[float, float, float]
"""Answers and score sum of an earlier release, and how far its rounding may be off."""
MOST_ATOMS = 24
"""Totals over more hidden groups tell of one of them only when all others are shown."""


def tell_what_was_told(block: Block, releases: Sequence[Earlier]) -> None:
    """Give a block what earlier releases tell of its answers, as they are and as they were."""
    scored = [m for m in block.measures if not m.counts_only]
    told: dict[str, list[Told]] = {}
    groups: list[_Group] = []
    nodes_told: list[set[int]] = []
    for measure in scored:
        found, guesses = _told_of(block, measure, releases)
        whole = {atoms: node for atoms, node in found if atoms == _there(block, measure, node)}
        nodes_told.append(set(whole.values()))
        told[measure.name] = list(dict(found).items())
        groups += _groups(measure, guesses)
    n_atoms = len(block.measures[0].answers) if block.measures else 0
    for i, group in enumerate(groups):
        told[group.metric] += [(one.others | {n_atoms + i}, one.node) for one in group.guesses]
    for counted in (m for m in block.measures if m.counts_only and nodes_told):
        # participation is shown where every metric is
        nodes = sorted(set.intersection(*nodes_told))
        rows = {_there(block, counted, node): node for node in nodes}
        told[counted.name] = [(atoms, node) for atoms, node in rows.items() if atoms]
    block.measures = [_with_atoms(m, groups) for m in block.measures]
    block.told = {name: rows for name, rows in told.items() if rows}


def _told_of(
    block: Block, measure: Measure, releases: Sequence[Earlier]
) -> tuple[list[Told], list[_Guess]]:
    found: list[Told] = []
    guesses: list[_Guess] = []
    for release in releases:
        then = _told_then(block, measure, release)
        same = _as_they_were(measure, then)
        found += [(one.atoms, block.node_of_cell[one.cell]) for one in same]
        if len(same) < len(then):
            rest, guessed = _left_over(block, measure, then)
            found += rest
            guesses += guessed
    there = frozenset(int(a) for a in measure.answers.nonzero()[0])
    return [(atoms & there, node) for atoms, node in found if atoms & there], guesses


@dataclass(frozen=True)
class _Entry:
    """A cell of an earlier release: the atoms of now it is made of, and what it told."""

    atoms: frozenset[int]
    cell: int
    level: str
    told: Then


def _as_they_were(measure: Measure, then: Iterable[_Entry]) -> list[_Entry]:
    """Totals that hold now, and no total told inside them has changed.

    One that has is made up for by another: the two totals are as high, but not of the same answers.
    """
    changed: dict[int, list[frozenset[int]]] = {}
    same = []
    for one in then:
        if not _holds(measure, one.atoms, one.told):
            changed.setdefault(min(one.atoms), []).append(one.atoms)
        elif not any(s <= one.atoms for a in one.atoms for s in changed.get(a, ())):
            same.append(one)
    return same


def _there(block: Block, measure: Measure, node: int) -> frozenset[int]:
    return frozenset(a for a in block.nodes[node] if measure.answers[a])


@dataclass(frozen=True)
class _Guess:
    """`atom` as it was if `others` of a total are as they were; no atom: a group that is gone."""

    atom: int | None
    others: frozenset[int]
    node: int
    then: Then


@dataclass(frozen=True)
class _Group:
    """A group as it was, and the totals that tell of it."""

    metric: str
    answers: float
    people: float
    parts: tuple[float, ...]
    guesses: tuple[_Guess, ...]


def _groups(measure: Measure, guesses: Iterable[_Guess]) -> Iterator[_Group]:
    """Guesses that agree are one group; alone they matter if it was small or at an end."""
    by_count: dict[tuple[int | None, float], list[_Guess]] = {}
    for one in guesses:
        by_count.setdefault((one.atom, one.then[0]), []).append(one)
    for (atom, n), alike in by_count.items():
        people = _people_then(measure, atom, n)
        left = sorted(alike, key=lambda g: g.then[1])
        while left:
            (_, total, slack), *_ = (g.then for g in left)
            agree = [g for g in left if g.then[1] - total <= slack + g.then[2] + DUST]
            left = left[len(agree) :]
            rows = {(g.others, g.node): g for g in agree}
            score = min(max(total, measure.low * n), measure.high * n)
            if people < measure.threshold or len(rows) > 1 or _binds(measure, n, score):
                parts = _parts(measure, score)
                yield _Group(measure.name, n, people, parts, tuple(rows.values()))


def _binds(measure: Measure, answers: float, score: float) -> bool:
    """Whether a group is so near an end of the scale that its total leaves small ones no room."""
    room = min(score - measure.low * answers, measure.high * answers - score)
    few = measure.answers[(measure.answers > 0) & (measure.people < measure.threshold)]
    return bool(room < PROTECTION * (measure.high - measure.low) * few.max(initial=1.0))


def _people_then(measure: Measure, atom: int | None, answers: float) -> float:
    """At least so many people gave the answers of then, if some only came or only went since."""
    if not measure.repeats.any():
        return answers
    if atom is None:
        return 1.0
    now, people = float(measure.answers[atom]), float(measure.people[atom])
    return people if answers > now else max(1.0, answers - (now - people))


def _parts(measure: Measure, score: float) -> tuple[float, ...]:
    parts = (score,) if len(measure.weights) == 1 else (max(score, 0.0), max(-score, 0.0))
    return tuple(p / abs(w) for p, w in zip(parts, measure.weights, strict=True))


def _with_atoms(measure: Measure, groups: Sequence[_Group]) -> Measure:
    answers = np.array([g.answers if g.metric == measure.name else 0.0 for g in groups])
    people = np.array([g.people if g.metric == measure.name else 0.0 for g in groups])
    parts = np.zeros((len(measure.parts), len(groups)))
    for i, group in enumerate(groups):
        if group.metric == measure.name:
            parts[:, i] = group.parts
    return replace(
        measure,
        answers=np.concatenate([measure.answers, answers]),
        people=np.concatenate([measure.people, people]),
        parts=np.hstack([measure.parts, parts]),
    )


def _told_then(block: Block, measure: Measure, release: Earlier) -> list[_Entry]:
    """What was told, the fewest atoms first, of one set the finest cell first.

    Coarser cells of the same atoms count where they told another figure: of a group that is gone.
    """
    found: dict[tuple[frozenset[int], Then], _Entry] = {}
    for cell, label in enumerate(block.labels):
        atoms, told = block.members[cell], _then(release, measure, label)
        if told is not None and atoms:
            found.setdefault((atoms, told), _Entry(atoms, cell, label[0], told))
    return sorted(found.values(), key=lambda one: len(one.atoms))


def _then(release: Earlier, measure: Measure, label: Label) -> Then | None:
    told = release.get((measure.name, label))
    if told is None:
        return None
    answers, score = told
    return answers, answers * (score or 0.0), ROUNDED_TO / 2 * answers


def _holds(measure: Measure, atoms: frozenset[int], then: Then) -> bool:
    """Whether a total of then is the total of now, as far as rounding shows."""
    index = list(atoms)
    answers, total, slack = then
    now = _score(measure, index)
    is_as_many = abs(measure.answers[index].sum() - answers) < DUST
    return bool(is_as_many and abs(now - total) <= slack + DUST)


def _score(measure: Measure, atoms: list[int]) -> float:
    return float(sum(w * measure.parts[i, atoms].sum() for i, w in enumerate(measure.weights)))


def _left_over(
    block: Block, measure: Measure, then: Sequence[_Entry]
) -> tuple[list[Told], list[_Guess]]:
    """What is left of the totals of then beside the groups told then: as it is, or as it was.

    The groups of one level are taken away, each level in turn, and then the others: a company less
    its teams is another rest than a company less its locations, and where a group of both is gone,
    less teams and locations is less than the truth.
    """
    found: list[Told] = []
    guesses: list[_Guess] = []
    told_of: dict[int, list[_Entry]] = {}
    kept: dict[int, list[_Entry]] = {}
    for one in then:
        atoms, node = one.atoms, block.node_of_cell[one.cell]
        # a finer group was hidden, or more can have been in this one: a group that is gone
        is_finest = one.level == "unit" and one.cell == block.cells_of_node[node][0]
        inside = {id(s): s for a in atoms for s in told_of.get(a, ()) if s.atoms <= atoms}
        larger = sorted(inside.values(), key=lambda s: -len(s.atoms))
        by_level, ways = [], []
        for at in dict.fromkeys(s.level for s in inside.values()):
            first = [s for s in larger if s.level == at]
            others = [s for s in larger if s.level != at]
            by_level.append(_less(one, first))
            ways.append(_less(one, [*first, *others]))
        rests = {id(s): s for a in atoms for s in kept.get(a, ())}
        reduced = _less(one, sorted(rests.values(), key=lambda s: -len(s.atoms)))
        for a in atoms:
            told_of.setdefault(a, []).append(one)
        for a in reduced.atoms:
            kept.setdefault(a, []).append(reduced)
        left_over = dict.fromkeys((*ways, reduced))
        for left in dict.fromkeys((*by_level, *left_over)):
            rest = left.atoms
            if rest and _holds(measure, rest, left.told):
                found += [(rest, node)] if rest != atoms else []
            elif left in left_over and (len(rest) > 1 or rest != atoms or not is_finest):
                guesses += _guesses(measure, rest, node, left.told)
    beside = _beside(measure, {id(s): s for of in kept.values() for s in of}.values(), kept)
    return found + [(atoms, block.node_of_cell[cell]) for atoms, cell in beside], guesses


def _beside(
    measure: Measure, rests: Iterable[_Entry], of_atom: Mapping[int, list[_Entry]]
) -> Iterator[tuple[frozenset[int], int]]:
    """What totals of one level hold beside a total that they cover: its groups may have changed.

    Teams of a location less the location are the teams elsewhere.
    """
    for one in rests:
        if len(one.atoms) > MOST_ATOMS or _holds(measure, one.atoms, one.told):
            continue
        touching = {id(s): s for a in one.atoms for s in of_atom[a] if s is not one}
        for level in dict.fromkeys(s.level for s in touching.values()):
            cover = [s for s in touching.values() if s.level == level]
            atoms = frozenset().union(*(s.atoms for s in cover))
            if sum(len(s.atoms) for s in cover) != len(atoms) or not one.atoms < atoms:
                continue
            answers, total, slack = (sum(s.told[i] for s in cover) for i in range(3))
            n, score, blur = one.told
            if _holds(measure, atoms - one.atoms, (answers - n, total - score, slack + blur)):
                yield atoms - one.atoms, one.cell


def _less(one: _Entry, others: Iterable[_Entry]) -> _Entry:
    """A total less others in it, one after the other, as far as they do not overlap."""
    left, (answers, total, slack) = set(one.atoms), one.told
    for other in others:
        if other.atoms and other.atoms <= left:
            left -= other.atoms
            answers, total = answers - other.told[0], total - other.told[1]
            slack += other.told[2]
    return replace(one, atoms=frozenset(left), told=(answers, total, slack))


def _guesses(measure: Measure, atoms: frozenset[int], node: int, then: Then) -> Iterator[_Guess]:
    """Each group of a total as it was, had no other one changed; at last one that is gone."""
    answers, total, slack = then
    for atom in (*sorted(atoms), None) if len(atoms) <= MOST_ATOMS else ():
        others = sorted(a for a in atoms - {atom} if measure.answers[a])
        n = answers - float(measure.answers[others].sum())
        score = total - _score(measure, others)
        low, high = measure.low * n - slack, measure.high * n + slack
        if n >= 1 and others and low <= score <= high:
            yield _Guess(atom, frozenset(others), node, (n, score, slack))
