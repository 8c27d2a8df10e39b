"""Which rows and columns of a file count: totals, previews, groups of people, years.

What belongs here: what is left out, and columns that are one score in several years. What does not:
what a column is (inspection.roles).
"""

from __future__ import annotations

import re
from dataclasses import replace

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.connectors.columns import tidy, without_footnote
from pipelines.connectors.wording import same
from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.vocabulary import TOTAL_WORDS
from pipelines.program.rules import item_code

YEAR = r"(?<!\d)((?:19|20)\d\d)(?!\d)"


def find_counted_rows(found: FileRoles) -> None:
    """Totals, records that are no answers, and groups of people, each with what is kept."""
    _totals(found)
    _previews(found)
    _groups(found)
    _parts_of_units(found)


def find_year_columns(found: FileRoles) -> None:
    """Columns that differ by a year only are one score in several years."""
    years = [re.findall(YEAR, a.column) for a in found.answers]
    rests = {same(re.sub(YEAR, "", tidy(a.column))) for a in found.answers}
    is_dated = len(years) > 1 and all(len(y) == 1 for y in years) and len(rests) == 1
    if not is_dated or found.table != "unit_scores" or "period" in found.roles:
        return
    item = item_code(without_footnote(next(iter(rests)))) or "score"
    found.answers = [replace(a, item=item) for a in found.answers]
    found.years = [y[0] for y in years]
    for role in ("n_respondents", "n_invited"):
        if re.search(YEAR, found.roles.get(role, "")):
            del found.roles[role]
            found.doubts.append(
                "the numbers of answers have a column for each year, too: to read them, make one "
                "source of each year"
            )


def _parts_of_units(found: FileRoles) -> None:
    """Rows of groups of people beside rows of all of them: only these are read."""
    if found.table != "unit_scores":
        return
    taken = {*found.roles.values(), *(a.column for a in found.answers)}
    taken |= {c for a in found.answers for c in a.when or {}}
    for column in found.look.columns:
        totals = [text for text in column.labels if same(text) in TOTAL_WORDS]
        if column.name not in taken and totals and len(column.labels) > len(totals):
            found.groups[column.name] = totals
    keys = [found.roles[r] for r in ("location", "team", "period", "year") if r in found.roles]
    if not found.groups and len(taken) and keys and not any(a.when for a in found.answers):
        n_units = found.look.sample.select(keys).unique().height
        if found.look.sample.height > 1.5 * n_units:
            found.doubts.append(
                "a unit has several rows: what tells them apart, and which are meant? Keep these "
                "by `filters`, or read each kind by `when`"
            )


def _groups(found: FileRoles) -> None:
    """Rows of groups that are neither employees nor customers are left out."""
    for name in {column for a in found.answers for column in a.when or {}}:
        used = {(a.when or {}).get(name) for a in found.answers}
        if found.table == "unit_scores" and set(found.look.column(name).labels) - used:
            found.groups[name] = [text for text in found.look.column(name).labels if text in used]


def _totals(found: FileRoles) -> None:
    for role in ("location", "team"):
        column = found.profile_of(role)
        if column is None or found.table == "org_assignments":
            continue
        texts = found.look.sample[column.name].drop_nulls().unique(maintain_order=True).to_list()
        totals = [text for text in texts if same(text) in TOTAL_WORDS]
        if totals:
            found.totals[column.name] = totals
        if role == "location" and found.table == "unit_scores":
            _totals_without_a_place(found, column.name)


def _totals_without_a_place(found: FileRoles, place: str) -> None:
    """Totals are also told by another column, in rows whose place is blank."""
    rows = found.look.sample.filter(pl.col(place).fill_null("").str.strip_chars(BLANKS) == "")
    for name in rows.columns:
        texts = rows[name].drop_nulls().unique(maintain_order=True).to_list()
        totals = [t for t in texts if same(t) in TOTAL_WORDS or same(t).startswith("total ")]
        if totals:
            found.totals.setdefault(name, totals)


def _previews(found: FileRoles) -> None:
    """Records that are no answers: previews, tests, spam, offers nobody took."""
    unwanted = {"survey preview", "spam", "test", "survey test", "preview", "offered", "unoffered"}
    for column in found.look.columns:
        texts = [text for text in column.labels if same(text) in unwanted]
        if texts and column.name not in found.roles.values():
            found.previews[column.name] = texts
            for answers in found.answers:
                if answers.column == column.name:
                    rest = tuple(t for t in answers.scale.unknown if t not in texts)
                    answers.scale = replace(answers.scale, unknown=rest)
