"""Where the files of a proposal meet: the columns whose texts are the same units.

What belongs here: comparing columns of different files. What does not: what a column is by its own
name (inspection.roles).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import product

from pipelines.connectors.wording import same
from pipelines.inspection.file_roles import FileRoles

PERSON_ROLES = ("email", "employee_id", "manager_id", "agent_id", "customer_id", "response_id",
                "moment", "comment")  # fmt: skip


@dataclass
class Meeting:
    """The unit of a program and its columns in each file."""

    unit: str = "location"
    columns: dict[int, dict[str, str]] = field(default_factory=dict)
    """Place of a file -> contract column -> column of the file."""
    reason: str = ""
    doubt: str = ""
    strip_zeros: bool = False
    by_managers: bool = False
    """Nothing names a team or place but the list of who reports to whom."""


def _candidates(file: FileRoles) -> dict[str, list[str]]:
    """Columns that may name a unit, by what they would be."""
    named = {r: [file.roles[r]] for r in ("location", "team") if r in file.roles}
    if file.table == "units" and "unit_ref" in file.roles:
        named["location"] = [file.roles["unit_ref"]]
    taken = {file.roles.get(r) for r in PERSON_ROLES} | {a.column for a in file.answers}
    others = [
        c.name for c in file.look.columns
        if c.name not in taken and c.kind in ("name", "labels", "id", "number") and c.n_distinct > 1
        and c.mean_length < 60 and not (c.kind == "number" and not c.is_whole)
    ]  # fmt: skip
    named["other"] = [name for name in others if name not in named.get("location", [])]
    return named


def _values(file: FileRoles, column: str, *, strip: bool = False) -> set[str]:
    texts = file.look.sample[column].drop_nulls().unique().to_list()
    forms = {same(text) for text in texts}
    return {form.lstrip("0") or "0" for form in forms} if strip else forms


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / max(1, min(len(one), len(other)))


def meeting_of(files: list[FileRoles]) -> Meeting:
    """The columns by which the voices meet: by their names, or by the texts they share."""
    sides = [f for f in files if f.answers or f.table in ("org_assignments", "units")]
    if _only_managers(sides):
        reason = "who reports to one manager is a team"
        return Meeting("team_location", reason=reason, by_managers=True)
    lists = [f for f in sides if f.table == "org_assignments"]
    if lists and all(_is_through_people(f) for f in sides if f.answers):
        return _of_lists(files, lists)
    levels = [level for level in ("team", "location")
              if all(level in f.roles for f in sides if f.table != "units")]  # fmt: skip
    if levels == ["team", "location"] and len(sides) > 1 and _both_meet(sides):
        columns = {
            place: {f"{r}_ref": file.roles[r] for r in levels if r in file.roles}
            for place, file in enumerate(files)
        }
        return Meeting("team_location", columns, "all files name a team and a location")
    if len(sides) < 2:
        names = [file.roles.get("location") or file.roles.get("team") for file in files]
        columns = {i: {"location_ref": name} for i, name in enumerate(names) if name}
        doubt = "" if columns else "no column names a place: where do these answers belong?"
        return Meeting("location", columns, "one file: its own places are the units", doubt)
    return _best_columns(files, sides)


def _is_through_people(file: FileRoles) -> bool:
    """Whether a file names people and no unit: its units follow from the list of people."""
    return bool({"email", "employee_id", "agent_id"} & set(file.roles)) and not (
        {"team", "location"} & set(file.roles)
    )


def _of_lists(files: list[FileRoles], lists: list[FileRoles]) -> Meeting:
    """The units of the lists of people, by all the levels they name."""
    levels = [r for r in ("team", "location") if all(r in f.roles for f in lists)]
    unit = "team_location" if "team" in levels else "location"
    columns = {
        place: {f"{level}_ref": file.roles[level] for level in levels}
        for place, file in enumerate(files)
        if file in lists
    }
    return Meeting(unit, columns, "who works where says the unit of every answer")


def _only_managers(sides: list[FileRoles]) -> bool:
    people = [f for f in sides if f.table == "org_assignments"]
    return bool(people) and not any({"team", "location"} & set(f.roles) for f in sides)


def _both_meet(sides: list[FileRoles]) -> bool:
    first, *others = [file for file in sides if file.table != "units"]

    def own(file: FileRoles, role: str) -> set[str]:
        return _values(file, file.roles[role], strip=True)

    return all(
        _overlap(own(first, r), own(f, r)) > 0.3 for f in others for r in ("team", "location")
    )


def _best_columns(files: list[FileRoles], sides: list[FileRoles]) -> Meeting:
    """For the anchor's every candidate the best partner in each other file; the best of these."""
    anchor = max(sides, key=lambda f: (f.table == "org_assignments", f.table == "unit_scores"))
    best: tuple[float, dict[int, str]] = (-1.0, {})
    for role, names in _candidates(anchor).items():
        for name in names:
            chosen, total = _partners(anchor, role, name, sides)
            if total > best[0]:
                best = (total, chosen)
    chosen = best[1]
    through_people = [
        file for file in sides
        if anchor.table == "org_assignments" and {"email", "employee_id"} & set(file.roles)
        and file is not anchor and id(file) in chosen
        and _overlap(_values(anchor, chosen[id(anchor)], strip=True),
                     _values(file, chosen[id(file)], strip=True)) < 0.3
    ]  # fmt: skip
    for file in through_people:
        del chosen[id(file)]  # its units follow from the list of people
    columns = {i: {"location_ref": chosen[id(f)]} for i, f in enumerate(files) if id(f) in chosen}
    pairs = [(f, chosen[id(f)]) for f in sides if id(f) in chosen]
    low, strip = _shares(pairs)
    reason = f"{low:.0%} of the names meet" if low else "no names meet"
    doubt = ""
    if low < 0.5:
        doubt = (
            "few names are the same in all files: is another column the place where they meet? "
            "`crossvoice aliases` settles names that are only spelt differently"
        )
    return Meeting("location", columns, reason, doubt, strip)


def _partners(
    anchor: FileRoles, role: str, name: str, sides: list[FileRoles]
) -> tuple[dict[int, str], float]:
    """For one column of the anchor the best column of each other file, and how good it all is."""
    own = _values(anchor, name, strip=True)
    chosen, total = {id(anchor): name}, 0.1 * (role != "other")
    for file in sides:
        if file is anchor:
            continue
        options = [
            (_overlap(own, _values(file, other, strip=True)) * min(1, len(own) / 3)
             + 0.15 * (r == role) + 0.1 * (r != "other"), other)
            for r, others in _candidates(file).items() for other in others
        ]  # fmt: skip
        if options:
            score, chosen[id(file)] = max(options)
            total += score
    return chosen, total


def _shares(pairs: list[tuple[FileRoles, str]]) -> tuple[float, bool]:
    """The smallest share of names two files have in common, and whether zeros must be stripped."""
    both = [(a, b) for a, b in product(pairs, pairs) if a[0] is not b[0]]
    plain = [_overlap(_values(*a), _values(*b)) for a, b in both]
    bare = [_overlap(_values(*a, strip=True), _values(*b, strip=True)) for a, b in both]
    return min(bare, default=1.0), sum(bare) > sum(plain) + 0.1
