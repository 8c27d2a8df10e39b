"""One file of a proposal as an entry of `sources:`.

What belongs here: the words of one source. What does not: the rest of program.yaml
(inspection.writing).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pipelines.connectors.wording import same
from pipelines.inspection.clock import period_id
from pipelines.inspection.code_writing import code_lines
from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.lines import Line, listing, mapping, question, quoted, remark
from pipelines.inspection.org_writing import (
    hr_columns,
    identifier_list,
    person_columns,
    unit_list_columns,
)
from pipelines.inspection.profile import Profile
from pipelines.inspection.proposal import Proposal
from pipelines.inspection.value_writing import value_lines
from pipelines.program.defaults import source_name
from pipelines.program.rules import item_code


def source_lines(
    found: Proposal, place: int, file: FileRoles, location: list[str]
) -> Iterator[Line]:
    """The entry of one file."""
    if not file.table:
        yield Line(f"  # {location[0]}: neither scores nor people nor units were found; not read")
        return
    name = _name(found, place)
    for doubt in file.look.doubts + file.doubts:
        yield from question(doubt, "  ")
    head = [f"table: {file.table}"] if name == source_name(location) else [
        f"name: {name}", f"table: {file.table}"]  # fmt: skip
    yield Line(f"  - {head[0]}", _why(file))
    yield from (Line(f"    {key}") for key in head[1:])
    yield Line(f"    location: {quoted(location[0] if len(location) == 1 else location)}")
    yield from _reading(file)
    yield from _filters(file)
    columns = dict(_columns(found, place, file))
    for _, reason in columns.values():
        if reason.startswith("? "):
            yield from question(reason[2:], "    ")
    reasons = "; ".join(r for _, r in columns.values() if r and not r.startswith("? "))
    if reasons:
        yield from remark(reasons, "    ")
    yield from mapping("columns", {column: value for column, (value, _) in columns.items()})
    yield from value_lines(file)
    if file.comment and file.table in ("employee_responses", "customer_feedback"):
        yield Line(f"    comment: {quoted(file.comment)}")
    used = _used(file, columns)
    yield from code_lines(file, used)
    yield from _not_read(file, {column.name for column in used})
    yield from _identifiers(file)
    yield Line("")


def _not_read(file: FileRoles, used: set[str]) -> Iterator[Line]:
    """The columns nobody uses; one whose name tells nothing may be where the files meet."""
    unused = [same(name)[:30] for name in file.unused if name and name not in used]
    if unused:
        rest = f" and {len(unused) - 6} more" if len(unused) > 6 else ""
        yield from remark(f"not read: {', '.join(unused[:6])}{rest}", "    ")


def _name(found: Proposal, place: int) -> str:
    names: list[str] = []
    for file in found.files[: place + 1]:
        base = item_code(file.look.title)[:40] or file.table or "source"
        names.append(base if base not in names else f"{base}_{len(names) + 1}")
    return names[-1]


def _why(file: FileRoles) -> str:
    n = f"{file.look.sample.height:,}{'' if file.look.is_whole else ' or more'} records"
    return {
        "unit_scores": f"{n}, one score per unit and column",
        "employee_responses": f"{n}, one per person who answered",
        "customer_feedback": f"{n}, one per answer of a customer",
        "org_assignments": f"{n}: who works where",
        "person_identifiers": f"{n}: so that numbers and addresses meet",
        "units": f"{n}: the units themselves",
    }[file.table]


def _reading(file: FileRoles) -> Iterator[Line]:
    notes = list(file.look.notes)
    for key, value in file.look.reading.items():
        reason = next((n for n in notes if _is_about(key, n)), "")
        if reason:
            notes.remove(reason)
        yield Line(f"    {key}: {quoted(value)}", reason)
    for note in notes:
        if not note.startswith("fields are separated by commas"):
            yield Line(f"    # {note}")


def _is_about(key: str, note: str) -> bool:
    word = {"header_row": "names are in row", "skip_rows": "below the names", "decimal": "decimal",
            "footnotes": "begin so"}.get(key, "\0")  # fmt: skip
    return word in note


def _filters(file: FileRoles) -> Iterator[Line]:
    rules = [({"column": c, "drop": t}, "totals") for c, t in file.totals.items()]
    rules += [({"column": c, "drop": t}, "no answers") for c, t in file.previews.items()]
    rules += [({"column": c, "keep": t}, "the others are not asked about")
              for c, t in file.groups.items()]  # fmt: skip
    if rules:
        reasons = "; ".join(dict.fromkeys(reason for _, reason in rules))
        yield from listing("filters", [rule for rule, _ in rules], reasons)


def _columns(found: Proposal, place: int, file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    """Contract column, what fills it, and why."""
    units = {c: (name, "") for c, name in found.meeting.columns.get(place, {}).items() if name}
    yield from {
        "unit_scores": _unit_score_columns,
        "employee_responses": _employee_columns,
        "customer_feedback": _customer_columns,
        "org_assignments": hr_columns,
        "person_identifiers": person_columns,
        "units": unit_list_columns,
    }[file.table](found, file)
    if file.table not in ("units", "person_identifiers"):
        yield from units.items()


def _unit_score_columns(found: Proposal, file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    name = file.roles.get("period") or file.roles.get("year")
    if file.years:
        yield "period_ref", ({"column_name": "(\\d{4})"}, "a column for each year")
    elif name is not None and found.clock.reason.startswith("the files name"):
        texts = file.look.sample[name].drop_nulls().unique(maintain_order=True).to_list()
        ids = {text: _id_of(found, text) for text in texts}
        same_ids = all(text == wave for text, wave in ids.items())
        yield "period_ref", (name if same_ids else {"column": name, "recode": ids}, "")
    else:
        yield "period_ref", ({"value": _first_period(found)}, f"the period: {found.clock.reason}")
    for role in ("n_respondents", "n_invited"):
        if role in file.roles:
            yield role, (file.roles[role], "")


def _first_period(found: Proposal) -> str:
    start = found.clock.start
    if found.clock.period == "wave":
        return next(iter(found.clock.waves))
    tail = {"month": f"-{start.month:02d}", "quarter": f"-Q{(start.month + 2) // 3}", "year": ""}
    return f"{start.year}{tail[found.clock.period]}"


def _id_of(found: Proposal, text: str) -> str:
    known = period_id(text)
    if found.clock.period != "wave" and known:
        return known[1]
    slug = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_.-")
    return slug if slug in found.clock.waves else next(iter(found.clock.waves), text)


def _moment(file: FileRoles) -> tuple[Any, str]:
    name = file.roles.get("moment") or file.roles.get("year")
    if name is None:
        return {
            "value": "2000-01-01"
        }, "? no column of dates was found: when were these answers given?"
    column = file.look.column(name)
    guess = column.dates
    entry: dict[str, Any] = {"column": name}
    reason = ""
    if guess is None:
        entry["format"] = "%Y"
    elif guess.formats:
        entry["format"] = guess.formats[0] if len(guess.formats) == 1 else list(guess.formats)
        if guess.language:
            entry["language"] = guess.language
        if guess.conflict:
            if len(guess.formats) > 1:
                entry["ambiguous"] = "first"
            reason = "? is the day before the month? Dates such as 03/04 can be read both ways"
    return (name if entry == {"column": name} else entry), reason


def _employee_columns(found: Proposal, file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    roles = file.roles
    if "response_id" in roles:
        yield "response_id", (roles["response_id"], "")
    if "email" in roles:
        yield "respondent_key", ({"column": roles["email"], "id_type": "email"}, "")
    elif "employee_id" in roles:
        yield "respondent_key", (roles["employee_id"], "")
    else:
        entry = _own_id(file)[0]
        origin = entry if isinstance(entry, dict) else {"column": entry, "id_type": "response"}
        yield "respondent_key", (origin, "answers are anonymous")
    moment, reason = _moment(file)
    wave = _wave(found, roles, moment)
    if wave is not None:
        yield "wave", (wave, "")
    yield "answered_at", (moment, reason)
    for role in ("language", "is_complete"):
        if role in roles and _is_boolean(role, file):
            yield role, (roles[role], "")


def _wave(found: Proposal, roles: dict[str, str], moment: Any) -> Any:
    """The wave of an answer; None: the calendar period it was given in, which is the default."""
    if "wave" in roles:
        return roles["wave"]
    is_dated = isinstance(moment, str) or "column" in moment
    return None if is_dated and found.clock.period != "wave" else {"value": "all"}


def _own_id(file: FileRoles) -> tuple[Any, str]:
    """What tells one answer from another."""
    if "response_id" in file.roles:
        return file.roles["response_id"], ""
    return {"record_number": True}, "the export has no id of its own"


def _is_boolean(role: str, file: FileRoles) -> bool:
    texts = set(map(same, file.look.column(file.roles[role]).labels))
    return role != "is_complete" or texts <= {"true", "false", "yes", "no", "t", "f", "y", "n"}


def _customer_columns(found: Proposal, file: FileRoles) -> Iterator[tuple[str, tuple[Any, str]]]:
    roles = file.roles
    yield "feedback_id", _own_id(file)
    if "customer_id" in roles:
        yield "customer_key", (roles["customer_id"], "")
    elif "email" in roles:
        yield "customer_key", ({"column": roles["email"], "id_type": "customer_email"}, "")
    yield "occurred_at", _moment(file)
    if "agent_id" in roles:
        yield "agent_key", (roles["agent_id"], "")
    for role in ("channel", "touchpoint", "language"):
        if role in roles:
            yield role, (roles[role], "")


def _used(file: FileRoles, columns: dict[str, tuple[Any, str]]) -> list[Profile]:
    names = {a.column for a in file.answers}
    for value, _ in columns.values():
        names.add(value.get("column") if isinstance(value, dict) else value)
    return [c for c in file.look.columns if c.name in names]


def _identifiers(file: FileRoles) -> Iterator[Line]:
    """A staff list with numbers and addresses tells which belong to one person."""
    others = [r for r in ("email", "agent_id") if r in file.roles]
    is_list = file.table == "org_assignments" and "employee_id" in file.roles and others
    if is_list or file.table == "person_identifiers":
        yield from identifier_list(file, others)
