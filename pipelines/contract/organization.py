"""Contract tables of the organisation: people, units, their history, and what was done there."""

from __future__ import annotations

from pipelines.contract.model import Column, ContractTable, landing, references, validity

UNIT_LEVELS = ("unit", "team", "location", "region", "company")
LINEAGE_KINDS = ("rename", "merge", "split", "move", "close")

ORG_ASSIGNMENTS = ContractTable(
    "org_assignments",
    "one row per employee and effective interval",
    (
        *landing(),
        Column("employee_key", "key", "Keyed hash of the employee.", True),
        *references(),
        Column("manager_key", "key", "Keyed hash of the manager."),
        Column("gender", "text", "Gender, as the HR system groups it; for response weights only."),
        Column("age_band", "text", "Band of age; for response weights only."),
        Column("tenure_band", "text", "Band of years in the company; for response weights only."),
        Column("job_level", "text", "Level or family of the job; for response weights only."),
        Column("employment", "text", "Full time, part time, ...; for response weights only."),
        *validity(),
    ),
)

PERSON_IDENTIFIERS = ContractTable(
    "person_identifiers",
    "one row per identifier and interval",
    (
        *landing(),
        Column("id_type", "text", "Kind of identifier (email, agent, ...).", True, "value"),
        Column("id_key", "key", "Keyed hash of the identifier.", True, "value"),
        Column("employee_key", "key", "Keyed hash of the employee it stands for.", True),
        *validity(),
    ),
)

UNITS = ContractTable(
    "units",
    "one row per team, location or region and version",
    (
        *landing(),
        Column("unit_level", "text", "team, location or region.", True),
        Column("unit_ref", "text", "Code that stays through a rename.", True),
        Column("unit_name", "text", "Name in this version."),
        Column("parent_ref", "text", "Code of the location of a team, region of a location."),
        *validity(),
    ),
)

UNIT_ALIASES = ContractTable(
    "unit_aliases",
    "one row per alias and interval",
    (
        *landing(),
        Column("alias_level", "text", "team, location, region or ticket_group.", True),
        Column("alias", "text", "Name as somebody writes it.", True),
        Column("unit_ref", "text", "Code of the unit it stands for (a ticket group: its team).",
               True),
        *validity(),
        Column("approved_by", "text", "Who approved the alias."),
        Column("approved_at", "date", "When."),
    ),
)  # fmt: skip

UNIT_LINEAGE = ContractTable(
    "unit_lineage",
    "one row per event and pair of predecessor and successor",
    (
        *landing(),
        Column("lineage_kind", "text", "rename, merge, split, move or close.", True),
        Column("unit_level", "text", "team, location or region.", True),
        Column("from_ref", "text", "Code before the event.", True),
        Column("to_ref", "text", "Code after it; null: closed."),
        Column("effective_date", "date", "First day of the new state.", True),
        Column("share", "double", "Share of the predecessor that goes to the successor."),
    ),
)

INVITATIONS = ContractTable(
    "invitations",
    "one row per invited person and wave",
    (
        *landing(),
        Column("respondent_key", "key", "Keyed hash of who was invited.", True),
        Column("respondent_id_type", "text", "Kind of identifier behind respondent_key.", True,
               "landing"),
        Column("survey", "text", "Survey the invitation was for.", True),
        Column("wave", "text", "Wave as the survey names it.", True),
        Column("invited_date", "date", "Day of the invitation.", True),
    ),
)  # fmt: skip

ACTIONS = ContractTable(
    "actions",
    "one row per action, unit and interval",
    (
        *landing(),
        Column("action_id", "text", "The source's own id.", True),
        Column("action_kind", "text", "What was done, in one word.", True),
        *references(),
        *validity(),
    ),
)

OUTCOMES = ContractTable(
    "outcomes",
    "one row per unit, period and outcome",
    (
        *landing(),
        Column("period_ref", "text", "Period as the source names it.", True),
        *references(),
        Column("outcome_code", "text", "turnover, absence, revenue, churn, ...", True),
        Column("value", "double", "Value in the outcome's own unit.", True),
    ),
)
