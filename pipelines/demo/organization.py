"""Reorganisations: which unit lives in which waves, and what became of it.

Belongs here: the planted renames, split, merge and closure, and the lineage they leave.
Does not belong here: the people who move with them (`workforce`).
"""

from dataclasses import dataclass

import numpy as np

from pipelines.demo.clock import month_day
from pipelines.demo.places import Places
from pipelines.demo.plan import Plan

NEW_TEAMS = 3  # two from the split, one from the merge
BEGINNING = month_day(-60)  # 2020-01-01: the units master starts here
SPLIT_SHARE = 0.55
REDEPLOYED_SHARE = 0.6


@dataclass(frozen=True)
class Organization:
    """Units are teams (each in one location); `first_wave` to `last_wave` are inclusive."""

    location: np.ndarray
    region: np.ndarray
    first_wave: np.ndarray
    last_wave: np.ndarray
    split_team: int
    split_into: tuple[int, int]
    merged_teams: tuple[int, int]
    merged_into: int
    closed_location: int
    closed_teams: tuple[int, ...]
    redeployed_to: tuple[int, ...]
    renamed_team: int
    renamed_location: int
    names: tuple[str, ...]
    new_team_name: str
    new_location_name: str

    def active(self, wave: int) -> np.ndarray:
        """Which units live in a wave."""
        return (self.first_wave <= wave) & (wave <= self.last_wave)

    @property
    def reorganised(self) -> np.ndarray:
        """Teams whose staff follow a planted event, or receive such staff."""
        flags = np.zeros(len(self.location), dtype=bool)
        flags[[self.split_team, *self.split_into, *self.merged_teams, self.merged_into]] = True
        flags[[*self.closed_teams, *self.redeployed_to]] = True
        return flags


def make_organization(plan: Plan, places: Places) -> Organization:
    """Choose the units that change and date the changes."""
    rng = plan.rng("organization")
    # Location 0 is the head office and stays; the others are drawn without overlap.
    drawn = (1 + rng.permutation(plan.locations - 1)).tolist()
    split_at, merge_at, closed, renamed_at, renamed_location = drawn[:5]
    teams = places.team_location
    split_team = int(np.flatnonzero(teams == split_at)[0])
    one, other = np.flatnonzero(teams == merge_at)[:2].tolist()
    closed_teams = np.flatnonzero(teams == closed)
    region = places.location_region[teams]
    hosts = np.flatnonzero(
        (region == places.location_region[closed])
        & ~np.isin(teams, [closed, split_at, merge_at, renamed_at])
    )
    if not len(hosts):
        hosts = np.flatnonzero(~np.isin(teams, [closed, split_at, merge_at]))
    redeployed_to = rng.choice(hosts, len(closed_teams), replace=len(hosts) < len(closed_teams))
    new = plan.teams + np.arange(NEW_TEAMS)
    location = np.concatenate([teams, [split_at, split_at, merge_at]])
    first = np.zeros(plan.teams + NEW_TEAMS, dtype=np.int64)
    last = np.full(plan.teams + NEW_TEAMS, plan.waves - 1, dtype=np.int64)
    first[new] = [plan.split_wave, plan.split_wave, plan.merge_wave]
    last[split_team] = plan.split_wave - 1
    last[[one, other]] = plan.merge_wave - 1
    last[closed_teams] = plan.close_wave - 1
    renamed_team = int(np.flatnonzero(teams == renamed_at)[0])
    name = places.team_names
    return Organization(
        location=location,
        region=places.location_region[location],
        first_wave=first,
        last_wave=last,
        split_team=split_team,
        split_into=(int(new[0]), int(new[1])),
        merged_teams=(one, other),
        merged_into=int(new[2]),
        closed_location=closed,
        closed_teams=tuple(closed_teams.tolist()),
        redeployed_to=tuple(redeployed_to.tolist()),
        renamed_team=renamed_team,
        renamed_location=renamed_location,
        names=(
            *name,
            f"{name[split_team]} A",
            f"{name[split_team]} B",
            f"{places.location_names[merge_at]} Joint Team",
        ),
        new_team_name=f"{name[renamed_team]} & Care",
        new_location_name=f"{places.location_names[renamed_location]} Riverside",
    )


def unit_rows(plan: Plan, places: Places, org: Organization) -> list[tuple[object, ...]]:
    """The units master: level, code, name, parent_code, valid_from, valid_to (day numbers)."""
    renamed = month_day(plan.rename_wave, 15)
    closed = month_day(plan.close_wave) - 1
    rows: list[tuple[object, ...]] = [
        ("region", code, name, "", BEGINNING, None)
        for code, name in zip(places.region_codes, places.region_names, strict=True)
    ]
    for index, code in enumerate(places.location_codes):
        parent = places.region_codes[places.location_region[index]]
        base = ("location", code)
        name = places.location_names[index]
        if index == org.renamed_location:
            rows.append((*base, name, parent, BEGINNING, renamed - 1))
            rows.append((*base, org.new_location_name, parent, renamed, None))
        else:
            end = closed if index == org.closed_location else None
            rows.append((*base, name, parent, BEGINNING, end))
    for index, name in enumerate(org.names):
        base = ("team", places.team_codes[index])
        parent = places.location_codes[org.location[index]]
        start = month_day(org.first_wave[index]) if org.first_wave[index] else BEGINNING
        ended = org.last_wave[index] < plan.waves - 1
        end = month_day(org.last_wave[index] + 1) - 1 if ended else None
        if index == org.renamed_team:
            rows.append((*base, name, parent, start, renamed - 1))
            rows.append((*base, org.new_team_name, parent, renamed, end))
        else:
            rows.append((*base, name, parent, start, end))
    return rows


def lineage_rows(plan: Plan, places: Places, org: Organization) -> list[tuple[object, ...]]:
    """Lineage: kind, level, from_code, to_code, effective day (the first in the new order), share.

    `close` has no successor; `move` says which share of a closed team's staff went where.
    """
    team, location = places.team_codes, places.location_codes
    renamed, split = month_day(plan.rename_wave, 15), month_day(plan.split_wave)
    merged, closed = month_day(plan.merge_wave), month_day(plan.close_wave)
    old, new = team[org.renamed_team], location[org.renamed_location]
    rows: list[tuple[object, ...]] = [
        ("rename", "team", old, old, renamed, 1.0),
        ("rename", "location", new, new, renamed, 1.0),
    ]
    for half, share in zip(org.split_into, (SPLIT_SHARE, round(1 - SPLIT_SHARE, 4)), strict=True):
        rows.append(("split", "team", team[org.split_team], team[half], split, share))
    successor = team[org.merged_into]
    rows += [("merge", "team", team[index], successor, merged, 1.0) for index in org.merged_teams]
    rows.append(("close", "location", location[org.closed_location], "", closed, None))
    for index, host in zip(org.closed_teams, org.redeployed_to, strict=True):
        rows.append(("close", "team", team[index], "", closed, None))
        rows.append(("move", "team", team[index], team[host], closed, REDEPLOYED_SHARE))
    return rows
