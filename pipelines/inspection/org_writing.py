"""Sources of people and units that a proposal writes: HR lists, identifiers, lists of units.

What belongs here: the columns of these. What does not: the rest of a source
(inspection.source_writing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.lines import Line, listing
from pipelines.inspection.proposal import Proposal


def hr_columns(found: Proposal, file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    roles = file.roles
    person = "employee_id" if "employee_id" in roles else "email"
    yield "employee_key", (_key(roles[person], person), "")
    if "manager_id" in roles:
        yield "manager_key", (_key(roles["manager_id"], person), "")
    yield from _validity(file)


def _key(column: str, kind: str) -> Any:
    return column if kind == "employee_id" else {"column": column, "id_type": kind}


def _validity(file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    roles = file.roles
    for role in ("valid_from", "valid_to"):
        if role in roles:
            guess = file.look.column(roles[role]).dates
            entry: dict[str, Any] = {"column": roles[role]}
            if guess and guess.formats:
                formats = list(guess.formats)
                entry["format"] = formats[0] if len(formats) == 1 else formats
                if guess.conflict and len(formats) > 1:
                    entry["ambiguous"] = "first"
            if role == "valid_to":
                entry["last_day_included"] = True
            plain = roles[role] if len(entry) == 1 else entry
            yield role, (plain, "? is this the last day, or the first day after?"
                         if role == "valid_to" else "")  # fmt: skip


def person_columns(found: Proposal, file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    for column, entry in hr_columns(found, file):
        if column != "manager_key":
            yield column, entry


def unit_list_columns(found: Proposal, file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    roles = file.roles
    level = roles.get("unit_level")
    if level:
        yield "unit_level", (level, "")
    elif found.meeting.unit != "location":
        yield "unit_level", ({"value": "location"}, "")
    place = found.files.index(file)
    ref = roles.get("unit_ref") or found.meeting.columns.get(place, {}).get("location_ref")
    yield "unit_ref", (ref or roles["location"], "")
    named = [c.name for c in file.look.columns if re.search(r"name", c.name, re.IGNORECASE)
             and c.name != ref and c.kind in ("id", "name")]  # fmt: skip
    if named:
        yield "unit_name", (named[0], "")
    if "parent_ref" in roles:
        yield "parent_ref", (roles["parent_ref"], "")
    yield from _validity(file)


def identifier_list(file: FileRoles, others: list[str]) -> Iterator[Line]:
    kinds = {"email": "email", "agent_id": "agent"}
    yield from listing(
        "identifiers", [{"column": file.roles[r], "id_type": kinds[r]} for r in others]
    )
