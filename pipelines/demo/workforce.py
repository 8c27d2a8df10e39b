"""Employees and where they worked on which day.

Belongs here: hiring, leaving, moving and the history of assignments. Does not belong here: names
and files (`identities`, `hr_files`). Employees are indices; days are day numbers, both inclusive.
"""

from dataclasses import dataclass, field

import numpy as np

from pipelines.demo.clock import OPEN, month_day
from pipelines.demo.organization import REDEPLOYED_SHARE, SPLIT_SHARE, Organization
from pipelines.demo.plan import Plan

RESPONSE_RATE = 0.75
LEAVERS_A_YEAR = 0.06
MOVERS = 12
OVERLAPS = 3  # of the movers: the old row ends some days after the new one began
OVERLAP_DAYS = 5
_DAYS = 1 << 20  # more than any day number, to sort by employee and day at once
REHIRES = 2  # the first returns under the same employee number, the second under a new one


@dataclass
class Workforce:
    """Assignment rows (parallel arrays) and what is known of each employee."""

    employee: np.ndarray
    team: np.ndarray
    start: np.ndarray
    end: np.ndarray
    person: np.ndarray  # two employees with one person: a rehire under a new number
    manager_of_team: np.ndarray
    planted: dict[str, list[int]] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """Number of employee numbers ever given."""
        return len(self.person)

    def move(self, who: np.ndarray, team: np.ndarray | int, day: np.ndarray | int) -> None:
        """Close the open rows of these employees the day before, and open new ones."""
        self.leave(who, np.asarray(day) - 1)
        self.join(who, team, day)

    def leave(self, who: np.ndarray, last_day: np.ndarray | int) -> None:
        """Close the open rows of these employees on their last day."""
        rows = self.open_rows()[who]
        self.end[rows] = last_day

    def join(self, who: np.ndarray, team: np.ndarray | int, day: np.ndarray | int) -> None:
        """Open a row for each of these employees."""
        count = len(who)
        self.employee = np.concatenate([self.employee, who])
        self.team = np.concatenate([self.team, np.broadcast_to(team, count)])
        self.start = np.concatenate([self.start, np.broadcast_to(day, count)])
        self.end = np.concatenate([self.end, np.full(count, OPEN)])

    def hire(self, persons: np.ndarray) -> np.ndarray:
        """New employee numbers for these persons."""
        new = self.size + np.arange(len(persons))
        self.person = np.concatenate([self.person, persons])
        return new

    def open_rows(self) -> np.ndarray:
        """Row without an end of every employee, -1 for none."""
        rows = np.full(self.size, -1)
        is_open = np.flatnonzero(self.end == OPEN)
        rows[self.employee[is_open]] = is_open
        return rows

    def team_on(self, employee: np.ndarray, day: np.ndarray | int) -> np.ndarray:
        """Team of these employees on these days, -1 for none; the later start wins."""
        order = np.lexsort((self.start, self.employee))
        key = self.employee[order] * _DAYS + self.start[order]
        position = np.searchsorted(key, employee * _DAYS + day, side="right") - 1
        row = order[np.maximum(position, 0)]
        holds = (position >= 0) & (self.employee[row] == employee) & (day <= self.end[row])
        return np.where(holds, self.team[row], -1)


def make_workforce(plan: Plan, org: Organization) -> Workforce:
    """Staff every team, then let a year happen."""
    rng = plan.rng("workforce")
    mean = plan.respondents_per_cell / RESPONSE_RATE
    size = rng.lognormal(-0.045, 0.3, plan.teams) * mean
    head = np.maximum(np.round(size).astype(np.int64), 4)
    team = np.repeat(np.arange(plan.teams), head)
    count = len(team)
    staff = Workforce(
        employee=np.arange(count),
        team=team,
        start=month_day(0) - 1 - rng.integers(0, 3_500, count),
        end=np.full(count, OPEN),
        person=np.arange(count),
        manager_of_team=np.concatenate([np.cumsum(head) - head, np.full(3, -1)]),
    )
    _exchange_individuals(plan, org, staff, rng)
    _reorganise(plan, org, staff, rng)
    return staff


def _exchange_individuals(
    plan: Plan, org: Organization, staff: Workforce, rng: np.random.Generator
) -> None:
    """Movers, leavers with successors, rehires: each employee at most once, no manager."""
    calm = ~org.reorganised
    free = calm[staff.team]
    free[staff.manager_of_team[: plan.teams]] = False
    pool = rng.permutation(np.flatnonzero(free))
    begin, days = month_day(0), month_day(plan.waves) - month_day(0)
    movers_wanted = max(MOVERS, staff.size // 500)
    leavers_wanted = max(4, round(staff.size * LEAVERS_A_YEAR * plan.waves / 12))
    movers = pool[:movers_wanted]
    rehired = pool[movers_wanted : movers_wanted + REHIRES]
    leavers = pool[movers_wanted + REHIRES :][:leavers_wanted]
    home = staff.team.copy()

    day = begin + rng.integers(days // 4, days * 3 // 4, len(movers))
    hosts = np.flatnonzero(calm[: plan.teams])
    position = rng.integers(0, len(hosts), len(movers))
    same = hosts[position] == home[movers]
    target = hosts[(position + same) % len(hosts)]
    staff.move(movers, target, day)
    overlapping = movers[:OVERLAPS]
    for who, moved_on in zip(overlapping, day, strict=False):
        old = (staff.employee == who) & (staff.end == moved_on - 1)
        staff.end[old] = moved_on - 1 + OVERLAP_DAYS

    last = begin + rng.integers(20, days - 30, len(leavers))
    staff.leave(leavers, last)
    joiners = staff.hire(staff.size + np.arange(len(leavers)))
    joined = last + rng.integers(14, 46, len(leavers))
    in_time = joined < begin + days
    staff.join(joiners[in_time], home[leavers][in_time], joined[in_time])

    again = _rehire(staff, rehired, home, begin + days // 4, begin + days // 2)
    staff.planted = {
        "movers": movers.tolist(),
        "overlapping": overlapping.tolist(),
        "leavers": leavers.tolist(),
        "joiners": joiners[in_time].tolist(),
        "rehired_same_number": rehired[:1].tolist(),
        "rehired_old_number": rehired[1:].tolist(),
        "rehired_new_number": again.tolist(),
    }


def _rehire(
    staff: Workforce, rehired: np.ndarray, home: np.ndarray, gone: int, back: int
) -> np.ndarray:
    """The first keeps the employee number, the others come back under a new one."""
    staff.leave(rehired, gone)
    staff.join(rehired[:1], home[rehired[:1]], back)
    again = staff.hire(rehired[1:])
    staff.join(again, home[rehired[1:]], back)
    return again


def _reorganise(plan: Plan, org: Organization, staff: Workforce, rng: np.random.Generator) -> None:
    """The staff of split, merged and closed teams follow, on the first of a month."""

    def members(team: int) -> np.ndarray:
        return staff.employee[(staff.team == team) & (staff.end == OPEN)]

    day = month_day(plan.split_wave)
    crew = members(org.split_team)
    cut = max(1, min(len(crew) - 1, round(len(crew) * SPLIT_SHARE)))
    for successor, part in zip(org.split_into, (crew[:cut], crew[cut:]), strict=True):
        staff.move(part, successor, day)
        staff.manager_of_team[successor] = part[0]

    day = month_day(plan.merge_wave)
    crew = np.concatenate([members(team) for team in org.merged_teams])
    staff.move(crew, org.merged_into, day)
    staff.manager_of_team[org.merged_into] = crew[0]

    day = month_day(plan.close_wave)
    for team, host in zip(org.closed_teams, org.redeployed_to, strict=True):
        crew = rng.permutation(members(team))
        cut = round(len(crew) * REDEPLOYED_SHARE)
        staff.move(crew[:cut], host, day)
        staff.leave(crew[cut:], day - 1)
