"""What each column of a file is: who, where, when, how many, which answers.

What belongs here: one file seen by itself. What does not: how files meet (inspection.proposal) and
the words of YAML (inspection.writing).
"""

from __future__ import annotations

import re

import polars as pl

from pipelines.connectors.columns import tidy, without_footnote
from pipelines.connectors.wording import same
from pipelines.inspection.answers import (
    Answers,
    answers_of,
    kind_of_words,
    voice_of_words,
    words_of,
)
from pipelines.inspection.counted_rows import find_counted_rows, find_year_columns
from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.look import FileLook
from pipelines.inspection.profile import Profile, profile
from pipelines.inspection.scales import scale_of
from pipelines.inspection.vocabulary import (
    COMMENT_WORDS,
    HEADERS,
    HR_WORDS,
)
from pipelines.program.rules import item_code

DATE_WORDS = ("answered", "submitted", "recorded", "completed", "completion", "created", "updated",
              "timestamp", "date", "time", "datum", "zeit", "fecha", "日", "am", "at")  # fmt: skip
COUNTS = ("response_id", "n_respondents", "n_invited", "moment", "period", "wave", "language")
KEPT_PER_PERSON = ("employee_id", "email", "manager_id", "customer_id", "agent_id")


def roles_of(look: FileLook) -> FileRoles:
    """Guess what the columns of a file are, its table and its voice."""
    found = FileRoles(look)
    _named_roles(found)
    _dates(found)
    _comment(found)
    found.table = _without_answers(found)
    if not found.table:
        kept = {*KEPT_PER_PERSON, *COUNTS, "location", "team"}
        taken = {found.roles.get(role) for role in kept} | {found.comment}
        found.answers = answers_of(look.columns, taken)
        _long_form(found)
        found.table = _table_of_answers(found)
        find_year_columns(found)
        if found.table in ("employee_responses", "customer_feedback"):
            _record_id(found)
        if not found.table and "location" in found.roles:
            # without answers: people and their places, else the places
            found.table = "org_assignments" if "employee_id" in found.roles else "units"
    find_counted_rows(found)
    found.voice = found.voice or _voice(found)
    used = {*found.roles.values(), *(a.column for a in found.answers), found.comment}
    used |= {c for a in found.answers for c in a.when or {}} | set(found.previews)
    found.unused = [c.name for c in look.columns if c.name not in used]
    return found


_SPACED = {
    role: {re.sub(r"[_:./\\-]+", " ", w) for w in words} | words for role, words in HEADERS.items()
}


def _named_roles(found: FileRoles) -> None:
    """Columns whose header says what they are, the clearest first."""
    ranked = []
    for place, column in enumerate(found.look.columns):
        whole, spaced = same(without_footnote(tidy(column.name))), words_of(column.name)
        path_end = words_of(" ".join(column.name.split(".")[-2:]))
        for role, words in _SPACED.items():
            rank = 3 if whole in words else 2 if {spaced, path_end} & words else 0
            short = len(spaced.split()) <= 4
            if (
                not rank
                and short
                and role in ("location", "team", "email", "n_respondents", "employee_id")
            ):
                rank = (
                    1
                    if any(len(w) > 3 and re.search(rf"\b{re.escape(w)}\b", spaced) for w in words)
                    else 0
                )
            if rank and _may_be(role, column):
                ranked.append((-rank, place, role, column.name))
    taken: set[str] = set()
    for _, _, role, name in sorted(ranked):
        if role not in found.roles and name not in taken:
            found.roles[role] = name
            taken.add(name)


def _may_be(role: str, column: Profile) -> bool:
    """Whether what a column holds goes with a role."""
    if column.kind == "blank":
        return False
    if role == "email":
        return column.n_emails > 0
    if role in ("n_respondents", "n_invited"):
        return column.kind == "number" and column.is_whole and (column.low or 0) >= 0
    if role in ("valid_from", "valid_to"):
        return column.kind == "date"
    if role in ("team", "location"):
        return column.kind != "date" and column.mean_length < 60
    if role == "response_id":
        return column.n_distinct > 0.5 * column.n_filled and column.mean_length < 60
    if role in ("manager_id", "agent_id", "customer_id"):
        return column.n_distinct > 1 and not (column.kind == "number" and (column.high or 0) <= 11)
    if role == "period":
        return column.n_distinct <= max(60, 0.2 * column.n_filled)
    return column.kind not in ("text",)


def _dates(found: FileRoles) -> None:
    """The moment of an answer: a column of dates, by its words."""
    until = found.roles.get("valid_to")
    dated = [c for c in found.look.columns if c.kind == "date"]
    dated = [c for c in dated if c.name != until] or dated
    dated = [
        c for c in dated if "birth" not in words_of(c.name) and "geburt" not in words_of(c.name)
    ]

    def rank(column: Profile) -> int:
        words = words_of(column.name).split()
        return min((i for i, w in enumerate(DATE_WORDS) if any(w in x for x in words)), default=99)

    if dated:
        found.roles["moment"] = min(dated, key=rank).name
        return
    for column in found.look.columns:
        is_year = column.is_whole and 1990 <= (column.low or 0) <= (column.high or 0) <= 2035
        if is_year and column.kind == "number" and "year" in words_of(column.name):
            found.roles.setdefault("year", column.name)


def _record_id(found: FileRoles) -> None:
    """A column without a telling name may still count the records."""
    if "response_id" not in found.roles:
        taken = {*found.roles.values(), found.comment}
        unique = [c for c in found.look.columns if c.is_unique and c.name not in taken
                  and c.kind in ("id", "number", "name") and c.n_filled == c.n]  # fmt: skip
        if unique:
            found.roles["response_id"] = unique[0].name


def _comment(found: FileRoles) -> None:
    texts = [
        c for c in found.look.columns
        if c.mean_length > 8 and c.kind in ("text", "id", "name")
        and c.name not in found.roles.values()
    ]  # fmt: skip
    named = [c for c in texts if any(w in words_of(c.name) for w in COMMENT_WORDS)]
    long = [c for c in texts if c.kind == "text"]
    if named or long:
        found.comment = max(named or long, key=lambda c: c.mean_length * c.n_filled).name


def _without_answers(found: FileRoles) -> str:
    """Table of an HR list or a list of units; empty when the file holds answers."""
    roles, title = found.roles, set(same(found.look.title).split())
    is_person = "employee_id" in roles or "email" in roles
    placed = "team" in roles or "location" in roles or {"employee_id", "manager_id"} <= set(roles)
    if "unit_ref" in roles and "unit_level" in roles:
        return "units"
    others = {"employee_id", "email", "agent_id"} & set(roles)
    if len(others) > 1 and "employee_id" in roles and not placed and not _looks_like_survey(found):
        return "person_identifiers"
    tells_job = "manager_id" in roles or ("valid_from" in roles and "response_id" not in roles)
    if is_person and placed and (tells_job or title & HR_WORDS) and not _looks_like_survey(found):
        return "org_assignments"
    return ""


def _looks_like_survey(found: FileRoles) -> bool:
    scored = [c for c in found.look.columns if scale_of(c) is not None
              and c.name not in found.roles.values()]  # fmt: skip
    return len([c for c in scored if (c.high or 0) <= 10 or c.labels]) >= 2


def _long_form(found: FileRoles) -> None:
    """One column of scores and one that names the question: a rule for each question."""
    if len(found.answers) != 1:
        return
    [answers] = found.answers
    for column in found.look.columns:
        kinds = {text: kind_of_words(text) for text in column.labels}
        named = {text: kind for text, kind in kinds.items() if kind}
        if len(named) < 2 or len(named) < 0.5 * len(kinds):
            continue
        found.answers = []
        for text, kind in named.items():
            of_kind = found.look.sample.filter(pl.col(column.name) == text)[answers.column]
            guess = scale_of(profile(text, of_kind))
            if guess is not None:
                item = item_code(text) or f"item_{len(found.answers) + 1}"
                found.answers.append(
                    Answers(answers.column, guess, item, None, kind, {column.name: text})
                )
        return


def _voice(found: FileRoles) -> str | None:
    """What the file's name says, else what its columns say."""
    return voice_of_words(found.look.title) or voice_of_words(*_hints(found))


def _hints(found: FileRoles) -> list[str]:
    """Words for a voice that follow from the kinds of columns."""
    roles = found.roles
    hints = ["employee"] * ("employee_id" in roles or "manager_id" in roles)
    hints += ["customer"] * ("customer_id" in roles or "agent_id" in roles or "channel" in roles)
    if {"nps", "csat", "ces", "stars"} & {a.kind for a in found.answers}:
        hints.append("customer")
    if len(found.answers) > 4 and all(a.kind == "scale" for a in found.answers):
        hints.append("employee")
    return hints


def _table_of_answers(found: FileRoles) -> str:
    """Grain: one row per unit, or one row per answer."""
    if not found.answers:
        return ""
    roles, n = found.roles, found.look.sample.height
    per_person = {"email", "employee_id", "customer_id", "agent_id"} & set(roles)
    unit = found.profile_of("location") or found.profile_of("team")
    if unit is not None and not per_person and "moment" not in roles:
        groups = max(1, len({tuple(a.when.items()) for a in found.answers if a.when}))
        periods = found.profile_of("period")
        rows_per_unit = n / max(1, unit.n_distinct)
        if rows_per_unit <= 1.3 * max(groups + 2, periods.n_distinct if periods else 1):
            return "unit_scores"
    if unit is not None and "n_respondents" in roles:
        return "unit_scores"
    voices = {a.voice for a in found.answers} - {None}
    found.voice = _voice(found) or (voices.pop() if len(voices) == 1 else None)
    return "employee_responses" if found.voice == "employee" else "customer_feedback"


