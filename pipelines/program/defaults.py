"""What a program need not say, because something else it says implies it.

What belongs here: defaults that follow from other keys, filled in before the sections are checked.
What does not: plain defaults, which stand beside their keys.
"""

from __future__ import annotations

from typing import Any

ID_TYPES = {
    "respondent_key": "employee_id",
    "employee_key": "employee_id",
    "manager_key": "employee_id",
    "customer_key": "customer",
    "agent_key": "agent",
}
"""Kind of identifier of a column of keys, where nothing else is said."""
CALENDAR = ("week", "month", "quarter", "year")


def of_source(data: Any) -> Any:
    """Kinds of identifiers by their column; the survey is the source itself."""
    if not isinstance(data, dict) or not isinstance(columns := data.get("columns"), dict):
        return data
    filled = {name: _typed(name, mapping) for name, mapping in columns.items()}
    if data.get("table") == "employee_responses" and isinstance(data.get("name"), str):
        filled.setdefault("survey", {"value": data["name"]})
    return {**data, "columns": filled}


def _typed(name: str, mapping: Any) -> Any:
    kind = ID_TYPES.get(name)
    if kind is None or not isinstance(mapping, str | dict):
        return mapping
    written = {"column": mapping} if isinstance(mapping, str) else mapping
    if written.get("record_number") is True:
        kind = "response"  # nobody's number: such answers are anonymous
    return {"id_type": kind, **written}


def of_program(data: Any) -> Any:
    """What follows from the periods, from the units, and from which files there are."""
    if not isinstance(data, dict) or not isinstance(sources := data.get("sources"), list):
        return data
    org = {} if data.get("org") is None else data["org"]
    if not isinstance(org, dict):
        return data
    is_place = org.get("unit") == "location"
    filled = {**data, "sources": [_in_program(s, data.get("period"), is_place) for s in sources]}
    if is_place and isinstance(data.get("linkage"), dict):
        filled["linkage"] = {"cluster": "unit", **data["linkage"]}
    return filled


def _in_program(source: Any, period: Any, is_place: bool) -> Any:
    """A list of units holds locations where there is nothing else; a wave is a calendar period."""
    if not isinstance(source, dict) or not isinstance(columns := source.get("columns"), dict):
        return source
    filled = dict(columns)
    if source.get("table") == "units" and is_place:
        filled.setdefault("unit_level", {"value": "location"})
    moment = columns.get("answered_at")
    if source.get("table") == "employee_responses" and period in CALENDAR and moment is not None:
        dated = {"column": moment} if isinstance(moment, str) else moment
        if isinstance(dated, dict):
            filled.setdefault("wave", {**dated, "each": period})
    return {**source, "columns": filled}
