"""Dates and times as people and systems write them.

What belongs here: text to dates and naive UTC timestamps, null for any other text, and which texts
two formats read differently. What does not: what happens to those (connectors.mapping).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from itertools import combinations

import numpy as np
import polars as pl

from pipelines.connectors.whole_days import as_days_of
from pipelines.program.rules import ColumnMapping

ISO_TIMES = (
    "%Y-%m-%dT%H:%M:%SZ",  # without fractions first: they are read several times faster
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%d",
    "%Y-%m-%dT%H:%M:%S%.f%#z",
    "%Y-%m-%d %H:%M:%S%.f%#z",
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M%#z",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
)
ISO_DATE = "%Y-%m-%d"
MIDNIGHT = " 00:00:00"
DAY_OF_TIME = r"^(\d{4}-\d{2}-\d{2})[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?$"
LAST_DATE = pl.date(9999, 12, 31)
"""Day after which the calendar of most systems ends; they use it for an interval without end."""
N_LAST_DAY = (dt.date(9999, 12, 31) - dt.date(1970, 1, 1)).days
LAST_MOMENT = N_LAST_DAY * 86_400_000_000 - 1
"""The days after which no date is one, and no moment whose day in another zone may be the next."""
FIRST_YEAR = 1000
"""`%Y` would read the year 25 in 01/02/25."""
SERIALS = {
    "excel": (-25569, 86_400_000_000),
    "excel_1904": (-24107, 86_400_000_000),
    "epoch": (0, 1_000_000),
    "epoch_ms": (0, 1_000),
}
"""Numbers that are times: their zero, in their own unit from 1970, and its microseconds."""
DIGIT = re.compile("[0-9]")
DIRECTIVE = re.compile(r"%[-_0#.:]*[A-Za-z%]")
MONTH_NAMES = ("%B", "%b", "%h")


def timestamp(
    text: pl.Series, mapping: ColumnMapping, zone: str, *, typed_dates: bool = False
) -> pl.Series:
    """Naive UTC timestamps. Text without a zone is read in the mapping's zone.

    A day without a time stays that day in the program's `zone`. A local time that a clock change
    leaves out is null; one that occurs twice is the earlier.
    """
    given = mapping.formats
    naive_zone = {"local": zone, None: "UTC"}.get(mapping.time_zone, mapping.time_zone)
    days_zone = zone if mapping.time_zone is None else None
    if typed_dates and days_zone:  # a sheet has no other way to write a day
        text = text.str.strip_suffix(MIDNIGHT)
    moments = _first_that_fits(
        _month_numbers(text, mapping),
        [*given, *(ISO_TIMES if typed_dates else ())] if given else _iso_times_for(text),
        pl.Datetime("us"),
        lambda part, wanted: _moments(
            part, _numeric(wanted, mapping), naive_zone or "UTC", days_zone
        ),
    )
    return _early_enough(moments, LAST_MOMENT)


def _iso_times_for(text: pl.Series) -> Sequence[str]:
    """The formats of ISO times, those that fit the first text first: no text fits two of them."""
    first = text.drop_nulls().head(1)
    return _fitting_first(DIGIT.sub("1", first.item())) if first.len() else ISO_TIMES


@lru_cache(256)
def _fitting_first(shape: str) -> Sequence[str]:
    """`shape` has a one in the place of each digit, which makes a date of any that can be one."""
    alone = pl.Series([shape])
    return sorted(ISO_TIMES, key=lambda wanted: _moments(alone, wanted, "UTC").null_count())


def date(text: pl.Series, mapping: ColumnMapping, *, typed_dates: bool = False) -> pl.Series:
    """Dates; the time of day of an ISO timestamp is cut off."""
    given = mapping.formats
    day = _first_that_fits(
        _month_numbers(text, mapping),
        given or [ISO_DATE],
        pl.Date(),
        lambda part, wanted: _days(part, _numeric(wanted, mapping)),
    )
    if typed_dates or not given:
        rest = text.is_not_null() & day.is_null()
        if rest.any():
            iso = _days(text.str.extract(DAY_OF_TIME), ISO_DATE)
            if given:
                iso = iso.zip_with(iso.is_not_null(), _days(text, ISO_DATE))
            day = day.zip_with(~rest, iso)
    day = _early_enough(day, N_LAST_DAY)
    if not mapping.last_day_included:
        return day
    frame = pl.DataFrame({"day": day})
    after = pl.col("day") + pl.duration(days=1)
    is_last = pl.col("day") >= LAST_DATE
    return frame.select(pl.when(is_last).then(pl.col("day")).otherwise(after).alias("day"))["day"]


def ambiguous(text: pl.Series, mapping: ColumnMapping) -> pl.Series | None:
    """Texts that two of the declared formats read as different days; None: there can be none."""
    alike = [
        pair for pair in combinations(mapping.formats, 2) if _shape(pair[0]) == _shape(pair[1])
    ]
    if not alike:
        return None
    plain = _month_numbers(text, mapping)
    found = pl.Series([False], dtype=pl.Boolean).new_from_index(0, text.len())
    for pair in alike:
        one, other = (_days(plain, _numeric(wanted, mapping)) for wanted in pair)
        found |= (one != other).fill_null(value=False)
    return found


def _shape(wanted: str) -> str:
    """A format with its parts made alike: formats of one shape can read the same text."""
    return re.sub(r"[^%]+", lambda m: m[0].strip() or " ", DIRECTIVE.sub("%", wanted))


def _first_that_fits(
    text: pl.Series,
    formats: Sequence[str],
    kind: pl.DataType,
    parse: Callable[[pl.Series, str], pl.Series],
) -> pl.Series:
    """Each text by the first format it fits; what fits none stays null."""
    found = parse(text, formats[0])
    rest, odd = _unread(text, found)
    for wanted in formats[1:]:
        if rest.is_empty():
            return found.cast(kind)
        read = parse(odd, wanted)
        if read.null_count() < read.len():
            found = found.scatter(rest, read)
            rest, odd = _unread(text, found)
    if not rest.is_empty():
        found = _in_plain_digits(odd, formats, parse, found, rest)
    return found.cast(kind)


def _unread(text: pl.Series, found: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Places of the texts that no format has fitted yet, and those texts."""
    if found.null_count() == text.null_count():
        return pl.Series([], dtype=pl.UInt32), text.clear()
    if not text.null_count() and found.null_count() == found.len():
        return pl.Series(np.arange(text.len(), dtype=np.uint32)), text
    rest = (text.is_not_null() & found.is_null()).arg_true()
    return rest, text if rest.len() == text.len() else text.gather(rest)


def _in_plain_digits(odd, formats, parse, found: pl.Series, rest: pl.Series) -> pl.Series:
    """A second look at texts no format fits: full-width digits, blanks of other kinds."""
    plain = odd.str.normalize("NFKC").str.strip_chars()
    if (plain == odd).all():
        return found
    for wanted in formats:
        again = parse(plain, wanted)
        if again.null_count() == again.len():
            continue
        known = found.gather(rest)
        found = found.scatter(rest, known.zip_with(known.is_not_null(), again))
    return found


def _moments(text: pl.Series, wanted: str, zone: str, days_zone: str | None = None) -> pl.Series:
    """`days_zone`: where a day without a time is to stay that day; None: as `zone` has it."""
    if wanted in SERIALS:
        moments = _serial(text, wanted)
        if not wanted.startswith("excel"):
            return moments
        moments = as_days_of(moments, days_zone)
    elif "%z" in wanted or "%#z" in wanted:
        moments = text.str.to_datetime(
            wanted, strict=False, cache=False, time_zone="UTC", time_unit="us"
        )
        return moments.dt.replace_time_zone(None)
    elif "%H" in wanted or "%I" in wanted or "%T" in wanted or "%R" in wanted:
        moments = text.str.to_datetime(wanted, strict=False, cache=False, time_unit="us")
        moments = _late_enough(moments)
    else:
        moments = as_days_of(_days(text, wanted).cast(pl.Datetime("us")), days_zone)
    if zone == "UTC" or wanted.endswith("Z"):
        return moments
    local = moments.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _days(text: pl.Series, wanted: str) -> pl.Series:
    if wanted in SERIALS:
        return _serial(text, wanted).dt.date()
    if "%s" not in wanted and not re.search(r"%[-_0#]?[jDFxcsUWVuw]", wanted):
        if not re.search(r"%[-_0#]?[mbBh]", wanted):
            text, wanted = text + " 01", wanted + " %m"
        if not re.search(r"%[-_0#]?[de]", wanted):
            text, wanted = text + " 01", wanted + " %d"
    return _late_enough(text.str.to_date(wanted, strict=False, cache=False))


def _late_enough(found: pl.Series) -> pl.Series:
    if found.null_count() == found.len():
        return found
    return found.set(found.dt.year() < FIRST_YEAR, None)


def _early_enough(found: pl.Series, last: int) -> pl.Series:
    """Null after the last day of the calendar: nothing later is a date outside of Polars."""
    number = found.to_physical()
    highest = number.max()
    return found if highest is None or highest <= last else found.set(number > last, None)


def _serial(text: pl.Series, wanted: str) -> pl.Series:
    """Numbers of days or seconds as timestamps, for days of the years 1900 to 2199."""
    zero, unit = SERIALS[wanted]
    found = text.cast(pl.Float64, strict=False)
    micros = (found + zero) * unit
    inside = micros.is_between(-25567 * 86_400_000_000, 84006 * 86_400_000_000)
    micros = micros.set(~inside.fill_null(value=False), None)
    # a spreadsheet keeps the time of day as a fraction, good to about a millisecond
    return (micros / 1000).round(0).cast(pl.Int64).cast(pl.Datetime("ms")).cast(pl.Datetime("us"))


def _numeric(wanted: str, mapping: ColumnMapping) -> str:
    """The format for texts whose month names have been made numbers."""
    if mapping.language is None:
        return wanted
    for name in MONTH_NAMES:
        wanted = wanted.replace(name, "%m")
    parts = DIRECTIVE.findall(wanted)
    literals = [literal.lower() for literal in DIRECTIVE.split(wanted)]
    return "".join(a + b for a, b in zip(literals, [*parts, ""], strict=True))


def _month_numbers(text: pl.Series, mapping: ColumnMapping) -> pl.Series:
    """Texts with month names of the mapping's language as numbers, in lower case."""
    if mapping.language is None:
        return text
    plain = text.str.normalize("NFKC").str.to_lowercase()
    if mapping.language.startswith("ja"):
        plain = _without_eras(plain)
    if not any(name in wanted for wanted in mapping.formats for name in MONTH_NAMES):
        return plain
    names = month_names(mapping.language)
    return plain.str.replace_many(list(names), list(names.values()), leftmost=True)


ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018,
        "m": 1867, "t": 1911, "s": 1925, "h": 1988, "r": 2018}  # fmt: skip
"""Japanese eras and the year before their first."""


def _without_eras(text: pl.Series) -> pl.Series:
    """Years of Japanese eras as years of the calendar: 令和6年4月1日 is 2024年4月1日."""
    shape = rf"^({'|'.join(ERAS)})\s*(\d{{1,2}}|元)(.*)$"
    parts = text.str.extract_groups(shape).struct.unnest()
    before = parts["1"].replace_strict(ERAS, default=None, return_dtype=pl.Int64)
    year = before + parts["2"].replace("元", "1").cast(pl.Int64, strict=False)
    return text.zip_with(year.is_null(), year.cast(pl.String) + parts["3"])


@cache
def month_names(language: str) -> dict[str, str]:
    """Names and abbreviations of the months in lower case, longest first, and their numbers."""
    from babel import Locale  # noqa: PLC0415 - only where months are named

    months = Locale.parse(language, sep="-").months
    found: dict[str, set[str]] = {}
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in months[context][width].items():
                lowered = name.lower()
                for form in (lowered, lowered.rstrip("."), lowered.rstrip(".")[:3]):
                    found.setdefault(form, set()).add(f"{number:02d}")
    certain = {name: numbers.pop() for name, numbers in found.items() if len(numbers) == 1}
    for name in [n for n in certain if not n.endswith(".")]:
        certain.setdefault(f"{name}.", certain[name])
    return dict(sorted(certain.items(), key=lambda item: -len(item[0])))
