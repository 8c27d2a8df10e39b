"""The HR exports.

Belongs here: the columns of the files under `hr/`. Does not belong here: what happened to units
and people (`organization`, `workforce`).
"""

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.demo.clock import OPEN, iso_days
from pipelines.demo.identities import agent_numbers, emails, employee_numbers
from pipelines.demo.organization import Organization, lineage_rows, unit_rows
from pipelines.demo.places import Places
from pipelines.demo.plan import Plan
from pipelines.demo.tables import CsvFile, dates, write_rows
from pipelines.demo.workforce import Workforce

ASSIGNMENTS = (
    "employee_id",
    "team_code",
    "location_code",
    "manager_id",
    "effective_from",
    "effective_to",
)
CROSSWALK = ("employee_id", "work_email", "agent_id", "valid_from", "valid_to")
UNITS = ("level", "code", "name", "parent_code", "valid_from", "valid_to")
LINEAGE = ("kind", "level", "from_code", "to_code", "effective_date", "share")
ALIASES = ("alias", "location_code", "approved_by", "approved_at")
AGENT_SHARE = 0.7
REUSED_AGENT_NUMBERS = 2
STEWARD = "data.steward@example.com"


def _day(value: object) -> str:
    return "" if value is None else str(iso_days(np.array([value]))[0])


def write_units(folder: Path, plan: Plan, places: Places, org: Organization) -> None:
    """Units master, lineage and aliases."""
    units = [(*row[:4], _day(row[4]), _day(row[5])) for row in unit_rows(plan, places, org)]
    write_rows(folder / "units.csv", UNITS, units)
    lineage = [(*row[:4], _day(row[4]), row[5]) for row in lineage_rows(plan, places, org)]
    write_rows(folder / "unit_lineage.csv", LINEAGE, lineage)
    names = places.aliases()
    names += [(org.new_location_name, org.renamed_location)]
    rows = [(alias, places.location_codes[index], STEWARD, "2025-01-02") for alias, index in names]
    write_rows(folder / "location_aliases.csv", ALIASES, rows)


def write_assignments(folder: Path, places: Places, org: Organization, staff: Workforce) -> None:
    """Effective-dated org history; `effective_to` is the last day, inclusive; blank is open."""
    order = np.lexsort((staff.start, staff.employee))
    team = staff.team[order]
    employee = staff.employee[order]
    number = employee_numbers(staff.size)
    manager = staff.manager_of_team[team]
    # The manager of a team reports to nobody in this file.
    manager = np.where(manager == employee, -1, manager)
    frame = pl.DataFrame(
        {
            "employee_id": number.gather(employee),
            "team_code": pl.Series(places.team_codes).gather(team),
            "location_code": pl.Series(places.location_codes).gather(org.location[team]),
            "manager_id": pl.select(
                pl.when(pl.Series(manager) >= 0).then(number.gather(np.maximum(manager, 0)))
            ).to_series(),
            "effective_from": dates(staff.start[order]),
            "effective_to": dates(staff.end[order]),
        }
    )
    with CsvFile(folder / "hris_assignments.csv", ASSIGNMENTS) as file:
        file.append(frame)


def agents(plan: Plan, staff: Workforce) -> np.ndarray:
    """Agent number (an index) of every employee, -1 for staff without customers.

    A few joiners get the number of somebody who left before: only the dates tell them apart.
    """
    facing = plan.rng("agents").random(staff.size) < AGENT_SHARE
    leavers, joiners = staff.planted["leavers"], staff.planted["joiners"]
    last = {int(who): int(end) for who, end in zip(staff.employee, staff.end, strict=True)}
    first = {int(who): int(day) for who, day in zip(staff.employee, staff.start, strict=True)}
    early = sorted(leavers, key=last.__getitem__)[:REUSED_AGENT_NUMBERS]
    late = sorted(joiners, key=first.__getitem__)[-REUSED_AGENT_NUMBERS:]
    number = np.where(facing, np.arange(staff.size), -1)
    pairs = [(a, b) for a, b in zip(early, late, strict=False) if last[a] < first[b]]
    for leaver, joiner in pairs:
        number[[leaver, joiner]] = leaver
    staff.planted["reused_agent_numbers"] = [leaver for leaver, _ in pairs]
    return number


def write_crosswalk(folder: Path, staff: Workforce, agent: np.ndarray) -> None:
    """One row per employee number and spell of employment."""
    order = np.lexsort((staff.start, staff.employee))
    employee, start, end = staff.employee[order], staff.start[order], staff.end[order]
    same = np.concatenate([[False], employee[1:] == employee[:-1]])
    gap = np.concatenate([[True], start[1:] > np.minimum(end[:-1], OPEN - 2) + 1])
    begins = ~same | gap
    spell = np.cumsum(begins) - 1
    last = np.zeros(spell[-1] + 1, dtype=np.int64)
    np.maximum.at(last, spell, end)
    who = employee[begins]
    frame = pl.DataFrame(
        {
            "employee_id": employee_numbers(staff.size).gather(who),
            "work_email": emails(staff.person).gather(who),
            "agent_id": pl.select(
                pl.when(pl.Series(agent[who]) >= 0).then(agent_numbers(agent[who]))
            ).to_series(),
            "valid_from": dates(start[begins]),
            "valid_to": dates(last),
        }
    )
    with CsvFile(folder / "employee_ids.csv", CROSSWALK) as file:
        file.append(frame)
