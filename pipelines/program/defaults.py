"""What a program need not say, because something else it says implies it.

What belongs here: defaults that follow from other keys, filled in before the sections are checked.
What does not: plain defaults, which stand beside their keys.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import Any

from pipelines.program.rules import item_code

ID_TYPES = {
    "respondent_key": "employee_id",
    "employee_key": "employee_id",
    "manager_key": "employee_id",
    "customer_key": "customer",
    "agent_key": "agent",
}
"""Kind of identifier of a column of keys, where nothing else is said."""
CALENDAR = ("week", "month", "quarter", "year")
VOICE_OF_TABLE = {"employee_responses": "employee", "customer_feedback": "customer"}
"""Tables of answers of one voice, whose sources can have promised a threshold."""


def program_name(folder: str) -> str:
    """A program's name by the name of its folder; empty where that has no Latin letters or digits.

    >>> program_name("my_program"), program_name("2025 Survey"), program_name("会社")
    ('my_program', 'q2025_survey', '')
    """
    return item_code(re.sub(r"^\W+", "", folder))


def source_name(location: Any) -> str:
    """A source's name by its file's: without folders, endings and the parts a pattern leaves open.

    >>> source_name("../files/Staff survey.csv.gz"), source_name("in/tickets_*.jsonl")
    ('staff_survey', 'tickets')
    """
    first = location[0] if isinstance(location, list) and location else location
    return item_code(PurePosixPath(first).name.split(".")[0]) if isinstance(first, str) else ""


def of_source(data: Any) -> Any:
    """Its name by its file; kinds of identifiers by their column; the survey is the source."""
    if not isinstance(data, dict):
        return data
    if "name" not in data and (name := source_name(data.get("location"))):
        data = {"name": name, **data}
    if not isinstance(columns := data.get("columns"), dict):
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
    if not isinstance(org := {} if data.get("org") is None else data["org"], dict):
        return data
    known = [source for source in sources if isinstance(source, dict)]
    filled = {**data, "org": _org(org, known)}
    if isinstance(metrics := data.get("metrics"), list):
        filled["metrics"] = [_of_all_items(m, metrics, known) for m in metrics]
        if "linkage" not in data and (pair := _only_pair(metrics)):
            filled["linkage"] = {"primary": pair}
    is_place = filled["org"].get("unit") == "location"
    filled["sources"] = [_in_program(s, data.get("period"), is_place) for s in sources]
    if is_place and isinstance(filled.get("linkage"), dict):
        filled["linkage"] = {"cluster": "unit", **filled["linkage"]}
    return filled


def _org(org: dict[str, Any], sources: list[dict[str, Any]]) -> dict[str, Any]:
    """Where nothing names a team, locations are the units; without a list of units, all are."""
    filled = {}
    if org.get("teams") != "managers" and not any(map(_names_teams, sources)):
        filled["unit"] = "location"
    if not any(source.get("table") == "units" for source in sources):
        filled["unknown_references"] = "adopt"
    return {**filled, **org}


def _names_teams(source: dict[str, Any]) -> bool:
    columns = source.get("columns")
    if not isinstance(columns, dict):
        return False  # told elsewhere; what follows from the unit must not be told, too
    level = columns.get("unit_level", {"value": "location"})
    return "team_ref" in columns or level != {"value": "location"}


def _of_all_items(metric: Any, metrics: list[Any], sources: list[dict[str, Any]]) -> Any:
    """The only score of a voice is made of all its items, where none has the score's own name."""
    if not isinstance(metric, dict) or "items" in metric:
        return metric
    voice = metric.get("voice")
    items = list(dict.fromkeys(item for source in sources for item in _items(source, voice)))
    if len(_of_voice(metrics, voice)) > 1 or not items or metric.get("id") in items:
        return metric
    return {**metric, "items": items}


def _items(source: dict[str, Any], voice: Any) -> list[str]:
    """Items of one voice, by the names that rules give them or else their columns'."""
    found: list[str] = []
    rules, of_table = source.get("values"), VOICE_OF_TABLE.get(str(source.get("table")))
    for rule in rules if isinstance(rules, list) else []:
        if not isinstance(rule, dict) or (of_table or rule.get("voice")) != voice:
            continue
        columns = rule.get("columns")
        names = [rule["item"]] if "item" in rule else columns if isinstance(columns, list) else []
        found += [name if "item" in rule else item_code(str(name)) for name in names]
    return found


def _of_voice(metrics: list[Any], voice: Any) -> list[Any]:
    return [m.get("id") for m in metrics if isinstance(m, dict) and m.get("voice") == voice]


def _only_pair(metrics: list[Any]) -> dict[str, Any] | None:
    """One score of each voice leaves one question."""
    staff, customers = (_of_voice(metrics, voice) for voice in ("employee", "customer"))
    if len(staff) != 1 or len(customers) != 1:
        return None
    return {"x": staff[0], "y": customers[0]}


def _in_program(source: Any, period: Any, is_place: bool) -> Any:
    """A list of units holds locations where there is nothing else; a wave is a calendar period."""
    if not isinstance(source, dict) or not isinstance(columns := source.get("columns"), dict):
        return source
    filled = dict(columns)
    if source.get("table") == "units" and is_place:
        filled.setdefault("unit_level", {"value": "location"})
    moment = columns.get("answered_at")
    if source.get("table") == "employee_responses" and period != "wave" and moment is not None:
        each = period if period in CALENDAR else "month"  # the mistake in `period` says enough
        dated = {"column": moment} if isinstance(moment, str) else moment
        if isinstance(dated, dict):
            filled.setdefault("wave", {**dated, "each": each})
    return {**source, "columns": filled}
