"""A release and the earlier ones as one linear system.

What belongs here: which groups an outsider takes to be as they were, and the cells and sums of all
releases over them. What does not: what follows from the sums (audit.relations, audit.bounds).

An outsider does not see what changed behind hidden cells. He takes hidden groups to be as they were
where a total shown in both releases, less the groups shown in both, holds the same figures. Such a
group is one unknown, and what any release tells of it is known; every other group is one unknown in
each release. What contradicts a figure he takes back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from pipelines.audit import relations
from pipelines.audit.earlier import change, has_moved, nobody
from pipelines.audit.evidence import Evidence
from pipelines.audit.relations import Key, Remainder, Sum

Block = tuple[str, str]
"""Metrics, and a period with all that share days with it."""
LEVELS = ("unit", "team", "location", "region", "company")


@dataclass
class Joined(Evidence):
    """Cells of several releases; a key that ends in a release's name is as it was then."""

    totals: list[Sum] = field(default_factory=list)
    releases: list[Evidence] = field(default_factory=list)
    told_before: set[Key] = field(default_factory=set)
    """Cells that an earlier release tells, whether this one does or not."""

    def rest(self, metrics: str, kind: str) -> bool | None:
        """Whether totals hold more than their parts in any of the releases; None: no sum in one."""
        said = [one.rest(metrics, kind) for one in self.releases]
        return None if None in said else any(said)


def join(now: Evidence, before: Iterable[Evidence]) -> Joined | None:
    """All releases together; None where no earlier one shows other cells than this one.

    Only metrics and periods in which some cell is shown in one release and hidden in the other are
    joined: the same cells hidden twice tell of each release what it tells by itself.
    """
    homes = relations.linked_periods(now.tables["periods"])
    differing = {}
    for then in before:
        blocks = {_block(k, homes) for k in _shown_in_one(now, then)}
        if blocks:
            differing[then.folder.name] = (then, blocks)
    if not differing:
        return None
    found = _within(now, homes, {b for _, blocks in differing.values() for b in blocks})
    for then, blocks in differing.values():
        _add(found, _within(now, homes, blocks), _within(then, homes, blocks))
    return found


def _shown_in_one(now: Evidence, then: Evidence) -> Iterable[Key]:
    for key, cell in now.cells.items():
        was = then.cells.get(key)
        if was is not None and was.is_hidden != cell.is_hidden:
            yield key


def _block(key: Key, homes: Mapping[str, str]) -> Block:
    return key[0], homes.get(key[3], key[3])


def _within(one: Evidence, homes: Mapping[str, str], blocks: Collection[Block]) -> Joined:
    """The cells and sums of one release in some blocks."""
    cells = {k: c for k, c in one.cells.items() if _block(k, homes) in blocks}
    found = Joined(one.folder, one.tables, one.answers, cells, releases=[one])
    found.totals = relations.sums(found)
    return found


def _add(found: Joined, now: Joined, then: Joined) -> None:
    """Put the cells and sums of an earlier release beside those that are there."""
    release = then.folder.name
    same = as_they_were(now, then)

    def name(key: Key) -> Key:
        return key if key in same else (*key, release)

    found.told_before.update(name(key) for key, cell in then.cells.items() if not cell.is_hidden)
    for key, cell in then.cells.items():
        known = found.cells.get(name(key))
        if known is None or known.is_hidden:
            found.cells[name(key)] = cell
            if not cell.is_hidden:
                found.told_in[name(key)] = release
    for kind, total, parts in then.totals:
        found.totals.append((kind, name(total), [name(p) for p in parts]))
    found.releases += then.releases


def as_they_were(now: Joined, then: Joined) -> set[Key]:
    """Cells that are taken to hold the same answers in both releases."""
    keys = dict.fromkeys((*now.cells, *then.cells))
    in_both = now.cells.keys() & then.cells.keys()
    changes = {
        k: change(
            now.cells.get(k) or nobody(then.cells[k]), then.cells.get(k) or nobody(now.cells[k])
        )
        for k in keys
    }
    releases = [*now.releases, *then.releases]
    both = Joined(now.folder, now.tables, now.answers, changes, releases=releases)
    totals = _united(now.totals, then.totals)
    left = relations.remainders(changes, totals, both.rest, whole=True)
    still = _still(left, in_both)
    same = {key for i in still for key in left[i].unknown}
    moved = {one.total for i, one in enumerate(left) if i not in still}
    same |= {k for k in in_both - moved if not (changes[k].is_hidden or has_moved(changes[k]))}
    moved_in = _with_other_parts(now.totals, then.totals)
    for kind, total, parts in sorted(totals, key=lambda t: LEVELS.index(t[1][1])):
        is_whole = not both.rest(total[0], kind) or ("rest", kind, *total) in same
        is_as_it_was = is_whole and changes[total].is_hidden and same >= set(parts)
        if is_as_it_was and total in in_both - moved_in:
            same.add(total)
    return same


def _with_other_parts(some: Iterable[Sum], others: Iterable[Sum]) -> set[Key]:
    """Totals that a group has moved into or out of: with groups as they were, they are not."""
    one, other = ({(kind, total): set(inside) for kind, total, inside in s} for s in (some, others))
    return {key[1] for key in one.keys() & other.keys() if one[key] != other[key]}


def _united(some: Iterable[Sum], others: Iterable[Sum]) -> list[Sum]:
    """Sums whose parts are those of either release: a group that moved is a part of both."""
    parts: dict[tuple[str, Key], dict[Key, None]] = defaultdict(dict)
    for kind, total, inside in (*some, *others):
        parts[kind, total].update(dict.fromkeys(inside))
    return [(kind, total, list(inside)) for (kind, total), inside in parts.items()]


def _still(left: list[Remainder], in_both: Collection[Key]) -> set[int]:
    """Which differences hold the answers they held, as far as all that is published agrees."""
    # a group that one release has no row for came or went
    still = {i for i, one in enumerate(left) if not has_moved(one) and one.hidden <= in_both}
    moved = [one for one in left if has_moved(one)]
    while True:
        same = {key for i in still for key in left[i].unknown}
        doubted = {key for one in moved if one.unknown <= same for key in one.unknown}
        if not doubted:
            return still
        still = {i for i in still if not left[i].unknown & doubted}
