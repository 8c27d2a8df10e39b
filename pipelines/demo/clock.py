"""The company's calendar: months, local time, formats.

Belongs here: waves as dates and the offset of local time. Does not belong here: what happens
on a date. Days are integers since 1970-01-01, instants are UTC seconds since then.
"""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import numpy.typing as npt

TIME_ZONE = "Europe/Berlin"
FIRST_YEAR = 2025
DAY = 86_400
OPEN = 2**31 - 1  # the last day of an interval that has not ended

Days = npt.NDArray[np.int64]


def day_number(value: date) -> int:
    """Days since 1970-01-01."""
    return (value - date(1970, 1, 1)).days


def month_start(wave: int) -> date:
    """First day of the month of a wave, counted from 0 = January 2025."""
    return date(FIRST_YEAR + wave // 12, wave % 12 + 1, 1)


def month_day(wave: int, day: int = 1) -> int:
    """Day number of a day in the month of a wave."""
    return day_number(month_start(wave)) + day - 1


def month_label(wave: int) -> str:
    """The month of a wave as files and columns write it."""
    return f"{month_start(wave):%Y-%m}"


def _last_sunday_at_one(year: int, month: int) -> int:
    last = date(year, month, 31)
    sunday = last - timedelta(days=(last.weekday() + 1) % 7)
    return int(datetime(sunday.year, sunday.month, sunday.day, 1, tzinfo=UTC).timestamp())


def utc_offset(utc: Days) -> Days:
    """Seconds that local time is ahead of UTC (the rule of the European Union since 1996)."""
    offset = np.full(utc.shape, 3_600, dtype=np.int64)
    years = np.unique(utc.astype("datetime64[s]").astype("datetime64[Y]").astype(np.int64) + 1970)
    for year in years.tolist():
        summer = (utc >= _last_sunday_at_one(year, 3)) & (utc < _last_sunday_at_one(year, 10))
        offset[summer] = 7_200
    return offset


def local_midnight(day: int) -> int:
    """The instant at which a local day begins; no clock change ever falls on a midnight."""
    guess = np.array([day * DAY - 3_600], dtype=np.int64)
    return int(day * DAY - utc_offset(guess)[0])


def iso_days(days: Days) -> npt.NDArray[np.str_]:
    """Days as ISO dates; an open end becomes the empty text."""
    text = np.where(days == OPEN, 0, days).astype("datetime64[D]").astype(str)
    return np.where(days == OPEN, "", text)
