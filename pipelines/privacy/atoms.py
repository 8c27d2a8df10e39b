"""From the cells of the marts to blocks of atoms.

What belongs here: which atoms a cell is made of, and what is left of a total beside its units. What
does not: what is hidden (privacy.complementary).

Metrics of employees are one family, because one person answers them together: what is hidden in one
is hidden in all, and in participation. Metrics of customers are a family when they share an item,
or are asked in one record.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from pipelines.privacy.blocks import Block, Label, Measure

LEVELS = ("unit", "team", "location", "region", "company")
TOLERANCE = 1e-3
"""Sums of a million scores differ by less when they are added in another order."""


@dataclass(frozen=True)
class Places:
    """Where a unit lies: unit -> (team, location), location -> region."""

    units: Mapping[str, tuple[str | None, str | None]]
    regions: Mapping[str, str | None]

    @classmethod
    def of(cls, units: pl.DataFrame, locations: pl.DataFrame) -> Places:
        """From `dim_units` and `dim_locations`."""
        found = units.select("unit_id", "team_id", "location_id").iter_rows()
        regions = locations.select("location_id", "region_id").iter_rows()
        return cls({u: (t, loc) for u, t, loc in found}, dict(regions))


@dataclass(frozen=True)
class Scale:
    """What the scores of a metric are made of: `kind` as in `metrics`, or `count`."""

    kind: str
    threshold: int
    n_items: int = 1

    @property
    def weights(self) -> tuple[float, ...]:
        """Weights that make the score sum of its parts."""
        return {"net_promoter": (100.0, -100.0), "count": ()}.get(self.kind, (1.0,))

    @property
    def step(self) -> float:
        """Widest step of a score sum: one answer more, or one point of a three-point item."""
        return 50.0 / self.n_items if self.kind in ("mean", "share") else 100.0

    @property
    def low(self) -> float:
        """Lowest score of one answer; the highest is 100."""
        return -100.0 if self.kind == "net_promoter" else 0.0


Keys = tuple[tuple[str, str, str], ...]


@dataclass
class _Atoms:
    """Atoms of one block, found by the cells they lie in."""

    places: Places
    made_by: list[Label] = field(default_factory=list)
    inside: dict[tuple[str, str, str], list[int]] = field(default_factory=dict)

    def add_alone(self, label: Label) -> int:
        """A new atom that is part of no other cell; returns its number."""
        self.made_by.append(label)
        return len(self.made_by) - 1

    def add(self, label: Label, team: str | None, location: str | None, region: str | None) -> int:
        """A new atom at a place, in the period of the label; returns its number."""
        atom, period = self.add_alone(label), label[2]
        for level, at in (("team", team), ("location", location), ("region", region)):
            if at is not None:
                self.inside.setdefault((level, at, period), []).append(atom)
        self.inside.setdefault(("company", "company", period), []).append(atom)
        return atom


def build_block(
    name: str,
    cells: Mapping[str, Mapping[Label, tuple]],
    scales: Mapping[str, Scale],
    places: Places,
    finer: Mapping[str, tuple[str, ...]],
    gone: Iterable[Label] = (),
) -> Block:
    """A block from `cells`: metric -> label -> (answers, people, *parts).

    `finer` gives the periods a longer period consists of; a period of its own is missing there.
    `gone` were told before and hold no answer now.
    """
    labels = {label for found in cells.values() for label in found}.union(gone)
    labels = sorted(labels, key=_order(finer))
    atoms = _Atoms(places)
    members: dict[Label, frozenset[int]] = {}
    values: dict[str, dict[int, tuple]] = {metric: {} for metric in cells}
    for label in labels:
        level, unit, period = label
        inside: set[int] = set()
        for part in (period, *finer.get(period, ())):
            inside.update(atoms.inside.get((level, unit, part), ()))
        rests = {
            metric: _rest(found[label], [values[metric].get(a) for a in inside], scales[metric])
            for metric, found in cells.items()
            if label in found
        }
        if any(rest is None for rest in rests.values()):
            # a total that is not the sum of its parts in some metric: nothing can be subtracted
            inside, rests = set(), {m: found[label] for m, found in cells.items() if label in found}
        is_gone = not inside and not rests
        if is_gone or any(rest[0] > 0 for rest in rests.values() if rest is not None):
            atom = _place_atom(atoms, label, places, is_part=bool(inside) or level == "unit")
            if level == "unit":
                atoms.inside.setdefault(("unit", unit, period), []).append(atom)
            inside.add(atom)
            for metric, rest in rests.items():
                if rest is not None and rest[0] > 0:
                    values[metric][atom] = rest
        members[label] = frozenset(inside)
    labels = [label for label in labels if members[label]]
    measures = [
        _measure(metric, cells[metric], labels, scales[metric], values[metric], len(atoms.made_by))
        for metric in cells
    ]
    members_of = [members[label] for label in labels]
    return Block(name, labels, members_of, measures, atoms.made_by)


def _order(finer: Mapping[str, tuple[str, ...]]):
    return lambda label: (LEVELS.index(label[0]), len(finer.get(label[2], ())), label)


def _place_atom(atoms: _Atoms, label: Label, places: Places, *, is_part: bool) -> int:
    level, unit, _ = label
    team = location = region = None
    if level == "unit":
        team, location = places.units.get(unit, (None, None))
    elif level == "team":
        team = unit
    elif level == "location":
        location = unit
    elif level == "region":
        region = unit
    if location is not None:
        region = places.regions.get(location)
    if not is_part and level != "unit" and _has_parts(atoms, label):
        return atoms.add_alone(label)  # stands beside its parts, not above them
    return atoms.add(label, team, location, region)


def _has_parts(atoms: _Atoms, label: Label) -> bool:
    level, unit, period = label
    return bool(atoms.inside.get((level, unit, period)))


def _rest(whole: tuple, parts: Iterable[tuple | None], scale: Scale) -> tuple | None:
    """What a total holds beside its parts; None when it is not their sum."""
    there = [p for p in parts if p is not None]
    answers = whole[0] - sum(p[0] for p in there)
    if answers < 0:
        return None
    left = [w - sum(p[i] for p in there) for i, w in enumerate(whole[2:], start=2)]
    slack = TOLERANCE * max(1.0, whole[0])
    weights = scale.weights
    if len(weights) == 1 and not (
        scale.low * answers - slack <= left[0] <= 100.0 * answers + slack
    ):
        return None
    if len(weights) == 2 and (min(left) < -slack or sum(left) > answers + slack):
        return None
    repeats = whole[0] - whole[1]
    people = max(1, answers - repeats) if answers else 0
    return (answers, min(people, answers), *left) if there else whole


def _measure(
    metric: str,
    found: Mapping[Label, tuple],
    labels: list[Label],
    scale: Scale,
    values: Mapping[int, tuple],
    n_atoms: int,
) -> Measure:
    k = len(scale.weights)
    answers, people = np.zeros(n_atoms), np.zeros(n_atoms)
    parts = np.zeros((k, n_atoms))
    for atom, value in values.items():
        answers[atom], people[atom] = value[0], value[1]
        parts[:, atom] = value[2 : 2 + k]
    there = np.array([label in found for label in labels], dtype=bool)
    repeats = np.array(
        [found[label][0] - found[label][1] if label in found else 0 for label in labels],
        dtype=float,
    )
    return Measure(
        metric, scale.threshold, answers, people, parts, scale.weights, scale.low, 100.0,
        scale.step, repeats, there, np.arange(n_atoms), np.ones((1, n_atoms), dtype=bool),
    )  # fmt: skip


def linked_periods(periods: Iterable[str], finer: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Period -> name of the set of periods that are made of each other."""
    home = {p: p for p in periods}
    for whole, parts in finer.items():
        if whole not in home:
            continue
        linked = {home[p] for p in parts if p in home} | {home[whole]}
        name = min(linked)
        home = {p: name if h in linked else h for p, h in home.items()}
    return home
