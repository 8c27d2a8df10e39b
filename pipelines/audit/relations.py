"""The linear system a release makes: which published total is the sum of which groups.

What belongs here: sums over places and periods, what stays unknown in them, and splitting them into
systems. What does not: bounds (audit.bounds) and verdicts (audit.attacks).

A total less the released groups in it is a remainder of hidden groups. Where the publication says
that some answers reach no group below, every total of that kind may hold such answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.audit.cells import Cell
from pipelines.audit.evidence import Evidence

Key = tuple[str, ...]
Sum = tuple[str, Key, list[Key]]
"""Kind of sum, total, and the groups it is the sum of."""


@dataclass(frozen=True, eq=False)
class Remainder:
    """A released total less released groups: `answers` and sums of what is `hidden`.

    `rest` are the groups no table lists, which may hold answers too. `low` and `high`, shape
    (figures,): every sum, between what is left open.
    """

    total: Key
    subtracted: tuple[Key, ...]
    hidden: frozenset[Key]
    rest: frozenset[Key]
    answers: int
    low: np.ndarray
    high: np.ndarray
    is_past: bool = False
    """Earlier releases tell it without this one: nothing that is hidden now takes it back."""

    def without(self, other: Remainder) -> Remainder:
        """This remainder less another one it holds whole."""
        return replace(
            self,
            subtracted=(*self.subtracted, other.total),
            hidden=self.hidden - other.hidden,
            rest=self.rest - other.rest,
            answers=self.answers - other.answers,
            low=self.low - other.high,
            high=self.high - other.low,
            is_past=self.is_past and other.is_past,
        )

    @property
    def unknown(self) -> frozenset[Key]:
        """Hidden groups and rests."""
        return self.hidden | self.rest


def sums(evidence: Evidence) -> list[Sum]:
    """Every published total with the groups it is the sum of: (kind, total, parts)."""
    places = _places(evidence)
    longer = _longer_periods(evidence.tables["periods"])
    by_period: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for metric, level, unit, period in evidence.cells:
        by_period[metric, level, period].append(unit)
    found = []
    for key in evidence.cells:
        metric, level, unit, period = key
        for kind, inside in places.get(level, ()):
            below = kind.split(" of ")[0]
            parts = [(metric, below, u, period) for u in inside.get(unit, ())]
            parts = [p for p in parts if p in evidence.cells and p != key]
            if parts:
                found.append((kind, key, parts))
        parts = [(metric, level, unit, p) for p in longer.get(period, ())]
        parts = [p for p in parts if p in evidence.cells]
        if parts:
            found.append(("periods of longer ones", key, parts))
    return found


def _places(evidence: Evidence) -> Mapping[str, list[tuple[str, dict[str, list[str]]]]]:
    """Level -> (kind of sum, unit -> units below)."""
    units = evidence.tables["dim_units"]
    locations = evidence.tables["dim_locations"]
    company = "company"

    def grouped(frame: pl.DataFrame, above: str, below: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for over, under in frame.select(above, below).unique().drop_nulls().iter_rows():
            found[over].append(under)
        return found

    def all_of(frame: pl.DataFrame, column: str) -> dict[str, list[str]]:
        return {company: frame[column].drop_nulls().unique().to_list()}

    return {
        "team": [("unit of team", grouped(units, "team_id", "unit_id"))],
        "location": [("unit of location", grouped(units, "location_id", "unit_id"))],
        "region": [("location of region", grouped(locations, "region_id", "location_id"))],
        company: [
            ("region of company", all_of(locations, "region_id")),
            ("team of company", all_of(units, "team_id")),
        ],
    }


def _longer_periods(periods: pl.DataFrame) -> dict[str, list[str]]:
    """Period -> the shorter periods that fill it: a quarter and its months."""
    rows = list(periods.select("period_id", "period_start", "period_end").iter_rows())
    found = {}
    for whole, start, end in rows:
        inside = [(p, s, e) for p, s, e in rows if p != whole and start <= s and e <= end]
        inside = [
            (p, s, e) for p, s, e in inside
            if not any(p != q and s2 <= s and e <= e2 for q, s2, e2 in inside)
        ]  # fmt: skip
        days = sum((e - s).days + 1 for _, s, e in inside)
        if inside and days == (end - start).days + 1:
            found[whole] = [p for p, _, _ in inside]
    return found


def linked_periods(periods: pl.DataFrame) -> dict[str, str]:
    """Period -> a name for all periods that sums tie to it: a quarter and its months."""
    homes = {p: p for p in periods["period_id"]}
    for whole, parts in _longer_periods(periods).items():
        joined = {homes[p] for p in (whole, *parts)}
        homes = {p: min(joined) if home in joined else home for p, home in homes.items()}
    return homes


def remainders(
    cells: Mapping[Key, Cell],
    totals: Iterable[Sum],
    rest_of: Callable[[str, str], bool | None],
    *,
    whole: bool = False,
) -> list[Remainder]:
    """What each released total says of the finest hidden groups and rests inside it.

    `rest_of(metric, kind)`: whether totals of that kind may hold answers beside their parts; None
    where they are no sums. With `whole`, remainders of nothing hidden are kept: what is left of
    them belongs to no group below.
    """
    parts: dict[Key, list[tuple[str, list[Key]]]] = defaultdict(list)
    for kind, total, inside in totals:
        if rest_of(total[0], kind) is not None:
            parts[total].append((kind, inside))
    found = []
    for total, ways in parts.items():
        if cells[total].is_hidden:
            continue
        for kind, inside in ways:
            left = _subtract(cells, parts, rest_of, total, kind, inside)
            if left.hidden or whole:
                found.append(left)
    return found


def _subtract(cells, parts, rest_of, total, kind, inside) -> Remainder:
    whole = cells[total]
    answers, low, high = whole.answers, whole.low, whole.high
    subtracted: list[Key] = []
    hidden: set[Key] = set()
    rest = {("rest", kind, *total)} if rest_of(total[0], kind) else set()
    queue = list(inside)
    while queue:
        key = queue.pop()
        cell = cells[key]
        if not cell.is_hidden:
            subtracted.append(key)
            answers, low, high = answers - cell.answers, low - cell.high, high - cell.low
        elif cell.is_never_counted:
            rest.add(key)
        elif parts.get(key):
            below, finer = parts[key][0]
            queue += finer
            if rest_of(key[0], below):
                rest.add(("rest", below, *key))
        else:
            hidden.add(key)
    return Remainder(
        total, tuple(sorted(subtracted)), frozenset(hidden), frozenset(rest), answers, low, high
    )


def reduced(found: Iterable[Remainder]) -> list[Remainder]:
    """Remainders less the smaller ones they hold whole; empty ones are dropped.

    So are those with a rest of their own over groups that smaller remainders speak of: they say
    no more than that these groups together hold at most so many answers.
    """
    kept: list[Remainder] = []
    holding: dict[Key, list[int]] = defaultdict(list)
    order = sorted(found, key=lambda r: (len(r.unknown), not r.is_past, len(r.subtracted), r.total))
    for one in order:
        left = one
        inside = sorted({i for key in one.unknown for i in holding.get(key, ())}, reverse=True)
        for i in inside:
            if kept[i].unknown <= left.unknown:
                left = left.without(kept[i])
        is_loose = bool(left.rest) and all(holding.get(key) for key in left.hidden)
        if not left.hidden or is_loose:
            continue
        for key in left.unknown:
            holding[key].append(len(kept))
        kept.append(left)
    return kept


def systems(found: list[Remainder]) -> list[list[Remainder]]:
    """Remainders that share an unknown, together."""
    home: dict[Key, int] = {}
    groups: dict[int, list[Remainder]] = {}
    for i, one in enumerate(found):
        merged, mine = [one], {home[k] for k in one.unknown if k in home}
        for other in mine:
            merged += groups.pop(other)
        groups[i] = merged
        for each in merged:
            for key in each.unknown:
                home[key] = i
    return list(groups.values())
