"""The clock of a proposal: which periods the files have in common.

What belongs here: periods from names, columns and dates. What does not: the rest of a program
(inspection.proposal).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field

import polars as pl

from pipelines.connectors.dates import timestamp
from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.profile import Profile
from pipelines.program.rules import ColumnMapping


@dataclass
class Clock:
    """Periods of a program."""

    period: str
    start: dt.date
    reason: str
    doubt: str = ""
    waves: dict[str, tuple[dt.date, dt.date]] = field(default_factory=dict)


def moments(file: FileRoles, column: Profile) -> pl.Series:
    """The sample's moments, as the proposed format reads them."""
    guess = column.dates
    formats = list(guess.formats) if guess and guess.formats else None
    mapping = ColumnMapping(column="x", format=formats, language=guess.language if guess else None)
    texts = file.look.texts(column.name).str.strip_chars()
    return timestamp(texts, mapping, "UTC", typed_dates=True).drop_nulls()


def clock_of(files: list[FileRoles], today: dt.date) -> Clock:
    named = _named_periods(files)
    if named is not None:
        return named
    ranges: dict[str, list[dt.date]] = {}
    for file in files:
        column = file.profile_of("moment")
        if column is None or not file.answers or file.table == "unit_scores":
            continue
        days = moments(file, column).dt.date()
        if days.len():
            ranges.setdefault(file.voice or "", []).extend(days.to_list())
    undated = [f for f in files if f.answers and f.table == "unit_scores"]
    if ranges and undated:
        days = [day for some in ranges.values() for day in some]
        years = [year for f in undated for year in _years_in(f.look.path.name)]
        year = max(years, default=max(days).year)
        reason = f"scores without a date are taken to be of {year}"
        return Clock("year", dt.date(min(days).year, 1, 1), reason)
    if not ranges:
        years = [year for f in files for one in (f.look, *f.look.more)
                 for year in _years_in(one.path.name)]  # fmt: skip
        year = max(years, default=today.year - 1)
        reason = "the year in the file's name" if years else "no dates were found"
        doubt = "" if years else "which year are these scores of?"
        return Clock("year", dt.date(year, 1, 1), reason, doubt)
    return _clock_of_days(ranges)


def _years_in(name: str) -> list[int]:
    """Years a file's name tells, also as 2016-17 and SY16-17 (the later one)."""
    years = [int(y) for y in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", name)]
    pairs = re.findall(r"(?<!\d)(?:20)?(\d\d)[-_/]?(\d\d)(?!\d)", name)
    return years + [2000 + int(b) for a, b in pairs if int(b) == int(a) + 1]


def _clock_of_days(ranges: dict[str, list[dt.date]]) -> Clock:
    """The longest period in which both voices have answers often enough to compare."""
    every = [day for days in ranges.values() for day in days]
    first, last = min(every), max(every)
    staff = ranges.get("employee") or every
    months = {(d.year, d.month) for d in staff}
    span = (max(staff).year - min(staff).year) * 12 + max(staff).month - min(staff).month + 1
    quarters = {(y, (m - 1) // 3) for y, m in months}
    if len(months) >= 4 and len(months) >= 0.7 * span:
        period = "month"
    elif len(quarters) >= 2 and len(quarters) >= 0.5 * span / 3:
        period = "quarter"
    else:
        period = "quarter" if (last - first).days < 100 else "year"
    size = {"month": 1, "quarter": 3, "year": 12}[period]
    start = dt.date(first.year, (first.month - 1) // size * size + 1, 1)
    return Clock(period, start, f"answers from {first} to {last} were seen")


OWN_WORDS = "the files name their periods in their own words"
PERIOD_SHAPES = (
    ("month", r"(?P<y>(?:19|20)\d\d)[-/. ]?(?P<m>0[1-9]|1[0-2])$"),
    ("month", r"(?P<m>0?[1-9]|1[0-2])[/.](?P<y>(?:19|20)\d\d)$"),
    ("quarter", r"(?P<y>(?:19|20)\d\d)[-/. ]?[QqTt](?P<q>[1-4])$"),
    ("quarter", r"[QqTt](?P<q>[1-4])[-/. ]*(?P<y>(?:19|20)\d\d)$"),
    ("quarter", r"(?P<q>[1-4])\.? ?(?:Quartal|trimestre|Quarter)[-/. ]*(?P<y>(?:19|20)\d\d)$"),
    ("year", r"(?:FY ?)?(?P<y>(?:19|20)\d\d)(?:年度?)?$"),
)


def period_id(text: str) -> tuple[str, str] | None:
    """Length and id of the period a text names; None when it names none.

    >>> period_id("Q3 2025"), period_id("03/2025"), period_id("2024"), period_id("spring")
    (('quarter', '2025-Q3'), ('month', '2025-03'), ('year', '2024'), None)
    """
    for period, shape in PERIOD_SHAPES:
        if match := re.match(shape, text.strip(), re.IGNORECASE):
            part = match.groupdict()
            tail = (
                f"-{int(part['m']):02d}" if "m" in part else f"-Q{part['q']}" if "q" in part else ""
            )
            return period, part["y"] + tail
    return None


def _named_periods(files: list[FileRoles]) -> Clock | None:
    """The clock of files whose rows name their period."""
    texts: list[str] = []
    for file in files:
        column = file.roles.get("period") or file.roles.get("year")
        texts += file.years
        if file.table == "unit_scores" and column:
            texts += file.look.texts(column).drop_nulls().unique().to_list()
    if not texts:
        return None
    known = [period_id(text) for text in texts]
    lengths = {found[0] for found in known if found}
    years = [int(y) for t in texts for y in re.findall(r"(?:19|20)\d\d", t)]
    if None not in known and len(lengths) == 1:
        return Clock(lengths.pop(), dt.date(min(years), 1, 1), "the files name their periods")
    base = min(years, default=2000)
    waves = {}
    for place, text in enumerate(sorted(dict.fromkeys(texts))):
        name = re.sub(r"[^A-Za-z0-9_.-]+", "_", text).strip("_.-") or f"wave_{place + 1}"
        year = int((re.findall(r"(?:19|20)\d\d", text) or [base + place])[0])
        day = dt.date(year, 1, 1) + dt.timedelta(days=place % 12 * 28)
        waves[name] = (day, day + dt.timedelta(days=27))
    doubt = "when was each wave in the field? The days below are made up"
    return Clock("wave", dt.date(base, 1, 1), OWN_WORDS, doubt, waves)
