"""A company whose history goes wrong in every known way, as files and the program that reads them.

Four teams are named, the rest are whoever reports to one manager. Teams T1 and T2 become T5, which
the lineage tells; T3 becomes T3B, which nobody tells.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable
from pathlib import Path

QUARTERS = {f"2025-Q{q}": dt.date(2025, 3 * q - 1, 15) for q in range(1, 5)}
"""Quarter and the day of every answer in it."""
HALF = "2025-07-01"
PROGRAM = """
program: office
period: quarter
start: 2025-01-01
end: 2025-12-31
privacy:
  thresholds: {employee: 3, customer: 3, comments: 3}
org: {teams: managers, unknown_references: adopt}
metrics:
  - {id: mood, voice: employee}
  - {id: stars, voice: customer}
linkage:
  primary: {x: mood, y: stars}
sources:
  - name: staff
    table: org_assignments
    location: staff.csv
    max_rejected_share: 0.1
    columns:
      employee_key: {column: id, id_type: employee_id}
      manager_key: {column: boss, id_type: employee_id}
      team_ref: team
      location_ref: site
      valid_from: from
      valid_to: to
  - name: sites
    table: units
    location: sites_*.csv
    snapshots: true
    columns:
      unit_level: {value: location}
      unit_ref: code
      unit_name: name
      valid_from: {file_name: 'sites_(.*)\\.csv'}
  - name: lineage
    table: unit_lineage
    location: lineage.csv
    columns:
      lineage_kind: kind
      unit_level: {value: team}
      from_ref: old
      to_ref: new
      effective_date: day
  - name: survey
    table: employee_responses
    location: survey.csv
    columns:
      respondent_key: {column: id, id_type: employee_id}
      survey: {value: pulse}
      wave: quarter
      answered_at: day
    values: [{columns: [mood], scale: {min: 1, max: 5}}]
  - name: tickets
    table: customer_feedback
    location: tickets.csv
    columns:
      feedback_id: id
      occurred_at: day
      team_ref: {column: teams, split: ";"}
      location_ref: site
      agent_key: {column: agent, id_type: employee_id}
    values: [{columns: [stars], scale: {min: 1, max: 5}}]
  - name: ticket_teams
    table: feedback_touches
    location: tickets.csv
    columns:
      feedback_source: {value: tickets}
      feedback_id: id
      team_ref: {column: teams, split: ";"}
"""
LEADERS = [("m0", "m0"), ("m1", "m0"), ("m2", "m0"), ("m3", "m1"), ("m4", "m1"), ("m5", "m2"),
           ("m6", "m3"), ("m7", "m6"), ("c1", "c2"), ("c2", "c1")]  # fmt: skip
"""Who reports to whom: m0 to themselves, c1 and c2 to each other, m7 four levels below the top."""
LED = ("m3", "m4", "m5", "m6", "m7", "c1", "x9")
"""Managers of teams of five; x9 is in no row."""
SITE = {"T1": "S1", "T2": "S1", "T5": "S1", "T3": "S2", "T3B": "S2", "T4": "S2"}


def staff_rows() -> list[tuple[str, str, str, str, str, str]]:
    """Rows of the HR file: id, boss, team, site, from, to."""

    def member(who: str, team: str, start: str = "2020-01-01", end: str = "") -> tuple:
        return who, "", team, SITE[team], start, end

    rows = []
    for team, after in (("T1", "T5"), ("T2", "T5"), ("T3", "T3B")):
        for n in range(8):
            rows.append(member(f"{team}-{n}", team, end=HALF))
            rows.append(member(f"{team}-{n}", after, HALF))
    rows += [member(f"T4-{n}", "T4") for n in range(8)]
    rows += [
        member("moved", "T4"), member("moved", "T5", HALF),
        member("twice", "T1"), member("twice", "T4"),
        member("undone", "T4"), member("undone", "T1", "2025-02-01", "2025-02-01"),
        member("swapped", "T4", "2025-03-01", "2025-01-01"), member("swapped", "T4"),
        member("planned", "T4"), member("planned", "T5", "2100-01-01"),
        member("back", "T4", end="2025-04-01"), member("back", "T4", HALF),
    ]  # fmt: skip
    rows += [(who, boss, "", "", "2020-01-01", "") for who, boss in LEADERS]
    rows += [(f"{boss}-{n}", boss, "", "", "2020-01-01", "") for boss in LED for n in range(5)]
    return rows


def tickets() -> list[tuple[str, str, str, str, str, int]]:
    """Rows of the ticket file: id, day, teams, site, agent, stars."""
    rows = []
    for quarter, day in QUARTERS.items():
        first_half = day < dt.date.fromisoformat(HALF)
        teams = ("T1", "T2", "T3", "T4") if first_half else ("T5", "T3B", "T4")
        for team in teams:
            rows += [(f"{quarter}-{team}-{n}", day, team, SITE[team], "", 1 + n % 5)
                     for n in range(5)]  # fmt: skip
        if first_half:
            rows += [(f"{quarter}-both-{n}", day, "T1; T2", "S1", "", 5) for n in range(4)]
        rows += [(f"{quarter}-{boss}-{n}", day, "", "", f"{boss}-{n}", 1 + n)
                 for boss in LED for n in range(5)]  # fmt: skip
    return rows


def write_office(folder: Path) -> None:
    """The program and its files."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "program.yaml").write_text(PROGRAM)
    staff = staff_rows()
    _write(folder / "staff.csv", ("id", "boss", "team", "site", "from", "to"), staff)
    _write(folder / "sites_2020-01-01.csv", ("code", "name"),
           [("S1", "Harbour"), ("S2", "Mill"), ("S3", "Docks")])  # fmt: skip
    _write(folder / f"sites_{HALF}.csv", ("code", "name"), [("S1", "West"), ("S2", "Mill")])
    _write(folder / "lineage.csv", ("kind", "old", "new", "day"),
           [("merge", "T1", "T5", HALF), ("merge", "T2", "T5", HALF)])  # fmt: skip
    people = list(dict.fromkeys(row[0] for row in staff))
    answers = [(who, quarter, day, 1 + n % 5)
               for quarter, day in QUARTERS.items() for n, who in enumerate(people)]  # fmt: skip
    _write(folder / "survey.csv", ("id", "quarter", "day", "mood"), answers)
    _write(folder / "tickets.csv", ("id", "day", "teams", "site", "agent", "stars"), tickets())


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
