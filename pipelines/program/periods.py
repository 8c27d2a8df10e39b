"""The periods of a program: one clock for both voices.

What belongs here: calendar and wave periods with their ids and windows. What does not: which
period a row falls into; that is the warehouse's join on the table made from these.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from pipelines.program.model import Program


@dataclass(frozen=True)
class Period:
    """One period; `index` counts from 1, `end` is the last day."""

    id: str
    index: int
    start: dt.date
    end: dt.date
    is_closed: bool


def program_periods(program: Program, today: dt.date) -> list[Period]:
    """The program's periods in order, up to today where it names no end.

    A period is closed once its last day lies before `today`.
    """
    if program.period == "wave":
        windows = [(w.id, w.start, w.end) for w in sorted(program.waves, key=lambda w: w.start)]
    else:
        windows = _calendar(program, program.end or today)
    return [
        Period(name, index, start, end, end < today)
        for index, (name, start, end) in enumerate(windows, start=1)
    ]


def _calendar(program: Program, last: dt.date) -> list[tuple[str, dt.date, dt.date]]:
    windows = []
    start = _floor(program.start or last, program.period)
    while start <= last:
        following = _next(start, program.period)
        windows.append((_name(start, program.period), start, following - dt.timedelta(days=1)))
        start = following
    return windows


def _floor(day: dt.date, period: str) -> dt.date:
    if period == "week":
        return day - dt.timedelta(days=day.weekday())
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    return dt.date(day.year, (day.month - 1) // months * months + 1, 1)


def _next(start: dt.date, period: str) -> dt.date:
    if period == "week":
        return start + dt.timedelta(days=7)
    months = start.month - 1 + {"month": 1, "quarter": 3, "year": 12}[period]
    return dt.date(start.year + months // 12, months % 12 + 1, 1)


def _name(start: dt.date, period: str) -> str:
    if period == "week":
        year, week, _ = start.isocalendar()
        return f"{year}-W{week:02d}"
    if period == "quarter":
        return f"{start.year}-Q{(start.month - 1) // 3 + 1}"
    return {"month": f"{start:%Y-%m}", "year": f"{start:%Y}"}[period]
