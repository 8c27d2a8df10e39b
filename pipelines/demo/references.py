"""How a feedback event names the unit it is about.

Belongs here: teams, agents, queues and stores as customers' systems write them, and the queue
file. Does not belong here: scores and defects (`feedback`, `feedback_defects`).
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo.clock import OPEN, iso_days, month_day
from pipelines.demo.identities import agent_numbers
from pipelines.demo.organization import Organization
from pipelines.demo.places import Places
from pipelines.demo.plan import Plan
from pipelines.demo.tables import write_rows
from pipelines.demo.workforce import Workforce

KINDS = (
    "team",
    "agent",
    "ticket_group",
    "store",
    "none",
    "unknown_store",
    "old_code",
    "closed_team",
)
TEAM, AGENT, GROUP, STORE, NONE, UNKNOWN_STORE, OLD_CODE, CLOSED = range(len(KINDS))
SHARES = (0.45, 0.20, 0.15, 0.15)  # the rest names nothing usable
ATTRIBUTABLE = (TEAM, AGENT, GROUP)
OLD_CODE_SHARE = 0.10  # of the direct references to a team that came from a reorganisation
UNRESOLVABLE = ("pop-up booth", "unknown", "see ticket", "Lodge 99", "???")
TICKET_GROUPS = ("ticket_group", "team_code", "valid_from", "valid_to")


@dataclass(frozen=True)
class Drawn:
    """The reference columns of a block, and what kind each row is."""

    kind: np.ndarray
    columns: dict[str, pl.Series]


class _ByTeam:
    """Members grouped by team, to draw one of a team's for each of many events."""

    def __init__(self, members: np.ndarray, team: np.ndarray, teams: int) -> None:
        self._members = members[np.argsort(team, kind="stable")]
        self._count = np.bincount(team, minlength=teams)
        self._offset = np.cumsum(self._count) - self._count

    def draw(self, rng: np.random.Generator, team: np.ndarray) -> np.ndarray:
        """One member of each of these teams, -1 where a team has none."""
        count = self._count[team]
        position = self._offset[team] + (rng.random(len(team)) * count).astype(np.int64)
        member = self._members[np.minimum(position, len(self._members) - 1)]
        return np.where(count > 0, member, -1)


class References:
    """Everything needed to draw references for any month."""

    def __init__(
        self, plan: Plan, places: Places, org: Organization, staff: Workforce, agent: np.ndarray
    ) -> None:
        self._org = org
        self._agent = agent
        self._staff = staff
        self._end = _ends_without_overlap(staff)
        self._kept: tuple[int, _ByTeam, _ByTeam] | None = None
        self._predecessor = np.full(len(org.location), -1)
        self._predecessor[[*org.split_into, org.merged_into]] = [
            org.split_team,
            org.split_team,
            org.merged_teams[0],
        ]
        codes = places.team_codes
        spelled = [text for code in codes for text in [code] * 48 + [code.lower(), code + " "]]
        self._teams = pl.Series([*spelled, None])
        stores = [places.spellings(i) for i in range(len(places.location_codes))]
        self._stores = pl.Series([*(s for row in stores for s in row), *UNRESOLVABLE, None])
        self._spellings = len(stores[0])
        self.groups = ticket_group_rows(plan, places, org)
        self._group_names = pl.Series([*(row[0] for row in self.groups), None])
        self._agents = pl.concat([agent_numbers(np.arange(staff.size)), pl.Series([None])])

    def draw(self, rng: np.random.Generator, wave: int, unit: np.ndarray, day: np.ndarray) -> Drawn:
        """References for events of these units on these local days."""
        size = len(unit)
        kind = np.searchsorted(np.cumsum(SHARES), rng.random(size), side="right")
        closed = ~self._org.active(wave)[unit]
        kind[closed] = CLOSED
        agent = self._draw_agents(rng, wave, unit, day, kind)
        group = self._draw_groups(rng, wave, unit, kind)
        old = (kind == TEAM) & (self._predecessor[unit] >= 0)
        kind[old & (rng.random(size) < OLD_CODE_SHARE)] = OLD_CODE

        luck = rng.random(size)
        named = np.where(kind == OLD_CODE, self._predecessor[unit], unit)
        team = named * 50 + (luck * 50).astype(np.int64)
        team[~np.isin(kind, (TEAM, OLD_CODE, CLOSED))] = len(self._teams) - 1
        # Half of the direct references name their store too, as many systems do.
        has_store = (kind == STORE) | ((kind == TEAM) & (luck > 0.5))
        spelled = (rng.random(size) * self._spellings).astype(np.int64)
        store = self._org.location[unit] * self._spellings + spelled
        store[~has_store] = len(self._stores) - 1
        lost = (kind == NONE) & (luck > 0.5)
        kind[lost] = UNKNOWN_STORE
        first = len(self._stores) - 1 - len(UNRESOLVABLE)
        store[lost] = first + spelled[lost] % len(UNRESOLVABLE)
        return Drawn(
            kind,
            {
                "team": self._teams.gather(team),
                "agent_id": self._agents.gather(agent),
                "ticket_group": self._group_names.gather(group),
                "store": self._stores.gather(store),
            },
        )

    def _draw_agents(
        self,
        rng: np.random.Generator,
        wave: int,
        unit: np.ndarray,
        day: np.ndarray,
        kind: np.ndarray,
    ) -> np.ndarray:
        """An agent who was in the unit on the day; where there is none the team is named."""
        staff = self._staff
        wants = np.flatnonzero(kind == AGENT)
        chosen = self._month(wave)[0].draw(rng, unit[wants])
        there = (
            (chosen >= 0) & (staff.start[chosen] <= day[wants]) & (day[wants] <= self._end[chosen])
        )
        kind[wants[~there]] = TEAM
        agent = np.full(len(unit), len(self._agents) - 1)
        agent[wants[there]] = self._agent[staff.employee[chosen[there]]]
        return agent

    def _draw_groups(
        self, rng: np.random.Generator, wave: int, unit: np.ndarray, kind: np.ndarray
    ) -> np.ndarray:
        wants = np.flatnonzero(kind == GROUP)
        group = np.full(len(unit), len(self._group_names) - 1)
        group[wants] = self._month(wave)[1].draw(rng, unit[wants])
        return group

    def _month(self, wave: int) -> tuple[_ByTeam, _ByTeam]:
        """Assignment rows of agents, and queues, by team; kept while the month lasts."""
        if self._kept is None or self._kept[0] != wave:
            staff, teams = self._staff, len(self._org.location)
            begin, after = month_day(wave), month_day(wave + 1)
            here = (staff.start < after) & (self._end >= begin)
            rows = np.flatnonzero(here & (self._agent[staff.employee] >= 0))
            valid = [i for i, row in enumerate(self.groups) if row[2] <= begin <= row[3]]
            of = np.array([self.groups[i][1] for i in valid])
            agents = _ByTeam(rows, staff.team[rows], teams)
            self._kept = (wave, agents, _ByTeam(np.array(valid), of, teams))
        return self._kept[1], self._kept[2]


def _ends_without_overlap(staff: Workforce) -> np.ndarray:
    """Last day on which a row holds: where two overlap, the later start wins."""
    order = np.lexsort((staff.start, staff.employee))
    same = staff.employee[order][1:] == staff.employee[order][:-1]
    following = np.append(np.where(same, staff.start[order][1:] - 1, OPEN), OPEN)
    end = staff.end.copy()
    end[order] = np.minimum(staff.end[order], following)
    return end


def ticket_group_rows(
    plan: Plan, places: Places, org: Organization
) -> list[tuple[str, int, int, int]]:
    """Queue name, team, first and last day; queues follow the reorganisations."""
    width = len(places.team_codes[0]) - 1
    begin = month_day(0) - 365
    split, merge, close = (
        month_day(wave) for wave in (plan.split_wave, plan.merge_wave, plan.close_wave)
    )
    follows = {org.split_team: (org.split_into[0], split)}
    follows |= dict.fromkeys(org.merged_teams, (org.merged_into, merge))
    rows = []
    for team in range(plan.teams):
        # Shifted, so that nobody reads a team code out of a queue's name.
        name = f"Queue {(team + 137) % plan.teams + 1:0{width}d}"
        if team in follows:
            successor, day = follows[team]
            rows += [(name, team, begin, day - 1), (name, successor, day, OPEN)]
        else:
            rows.append((name, team, begin, close - 1 if team in org.closed_teams else OPEN))
    rows.append(("Queue Overflow", org.split_into[1], split, OPEN))
    return rows


def write_ticket_groups(folder: Path, places: Places, references: References) -> None:
    """The queue file, last days inclusive."""
    rows = [
        (name, places.team_codes[team], *iso_days(np.array([first, last])).tolist())
        for name, team, first, last in references.groups
    ]
    write_rows(folder / "ticket_groups.csv", TICKET_GROUPS, rows)
