"""From text to the contract's types, column by column.

What belongs here: one function per kind of column, null where the text is not of that kind. What
does not: what happens to a record whose text cannot be converted (connectors.mapping).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.contract import Column
from pipelines.program.source import ColumnMapping

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
DAY_DIRECTIVES = ("%d", "%e", "%j", "%F", "%D", "%v", "%x", "%u", "%w", "%a", "%A", "%s")
DAY_OF_TIME = r"^(\d{4}-\d{2}-\d{2})[T ][\d:.]+(?:Z|[+-]\d{2}:?\d{2})?$"
LAST_DATE = pl.date(9999, 12, 31)
"""Day after which the calendar of most systems ends; they use it for an interval without end."""
TRUE_WORDS = ("true", "t", "yes", "y", "1")
FALSE_WORDS = ("false", "f", "no", "n", "0")

REASON_BY_KIND = {
    "timestamp": "bad_date",
    "date": "bad_date",
    "double": "not_a_number",
    "integer": "not_a_number",
    "boolean": "bad_boolean",
}
"""Reject reason when the text of a column is not of its kind."""


def clean(text: pl.Series, missing: Iterable[str] = ()) -> pl.Series:
    """Text without surrounding blanks; blank and missing codes become null."""
    frame = pl.DataFrame({"text": text.str.strip_chars(BLANKS)})
    absent = pl.col("text") == ""
    codes = [code.lower() for code in missing]
    if codes:
        absent |= pl.col("text").str.to_lowercase().is_in(codes)
    return frame.select(pl.when(~absent).then(pl.col("text")))["text"]


def convert(
    text: pl.Series, column: Column, mapping: ColumnMapping, zone: str, *, typed_dates: bool = False
) -> pl.Series:
    """Text to the column's kind; null where it is not of that kind.

    `typed_dates`: the file stores dates as dates, which come as ISO text whatever the declared
    format of the texts between them.
    """
    if column.kind == "timestamp":
        return timestamp(text, mapping, zone, typed_dates=typed_dates)
    if column.kind == "date":
        return date(text, mapping, typed_dates=typed_dates)
    if column.kind == "double":
        return number(text)
    if column.kind == "integer":
        found = number(text)
        whole = (found == found.floor()) & (found.abs() < 2**53)
        return found.set(~whole, None).cast(pl.Int64)
    if column.kind == "boolean":
        words = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
        return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    return text


def number(text: pl.Series) -> pl.Series:
    """Finite numbers; null for any other text."""
    found = text.cast(pl.Float64, strict=False)
    return found.set(~found.is_finite(), None)


def recode(text: pl.Series, codes: dict[str, str]) -> pl.Series:
    """Codes in any letter case to their meaning; null for an unlisted code."""
    lowered = {code.lower(): meaning for code, meaning in codes.items()}
    return text.str.to_lowercase().replace_strict(lowered, default=None, return_dtype=pl.String)


def timestamp(
    text: pl.Series, mapping: ColumnMapping, zone: str, *, typed_dates: bool = False
) -> pl.Series:
    """Naive UTC timestamps. Text without a zone is read in the mapping's zone.

    A local time that a clock change leaves out is null; one that occurs twice is the earlier.
    """
    given = _formats(mapping)
    naive_zone = {"local": zone, None: "UTC"}.get(mapping.time_zone, mapping.time_zone)
    formats = [*given, *(ISO_TIMES if typed_dates or not given else ())]
    return _first_that_fits(
        text,
        formats,
        pl.Datetime("us"),
        lambda part, wanted: _moments(part, wanted, naive_zone or "UTC"),
        any_order=not given,
    )


def date(text: pl.Series, mapping: ColumnMapping, *, typed_dates: bool = False) -> pl.Series:
    """Dates; the time of day of an ISO timestamp is cut off."""
    given = _formats(mapping)
    day = _first_that_fits(text, given or [ISO_DATE], pl.Date(), _days)
    if typed_dates or not given:
        rest = text.is_not_null() & day.is_null()
        if rest.any():
            iso = _days(text.str.extract(DAY_OF_TIME), ISO_DATE)
            if given:
                iso = iso.zip_with(iso.is_not_null(), _days(text, ISO_DATE))
            day = day.zip_with(~rest, iso)
    if not mapping.last_day_included:
        return day
    frame = pl.DataFrame({"day": day})
    after = pl.col("day") + pl.duration(days=1)
    is_last = pl.col("day") >= LAST_DATE
    return frame.select(pl.when(is_last).then(pl.col("day")).otherwise(after).alias("day"))["day"]


def _first_that_fits(
    text: pl.Series,
    formats: Sequence[str],
    kind: pl.DataType,
    parse: Callable[[pl.Series, str], pl.Series],
    *,
    any_order: bool = False,
) -> pl.Series:
    """Each text by the first format it fits; what fits none stays null.

    With `any_order` (no text fits two of the formats) the one the first text fits is tried first.
    """
    if any_order and (first := text.drop_nulls().head(1)).len():
        formats = sorted(formats, key=lambda wanted: parse(first, wanted).null_count())
    found = parse(text, formats[0])
    for wanted in formats[1:]:
        rest = (text.is_not_null() & found.is_null()).arg_true()
        if rest.is_empty():
            break
        found = found.scatter(rest, parse(text.gather(rest), wanted))
    return found.cast(kind)


def _moments(text: pl.Series, wanted: str, zone: str) -> pl.Series:
    if "%z" in wanted or "%#z" in wanted:
        moments = text.str.to_datetime(
            wanted, strict=False, cache=False, time_zone="UTC", time_unit="us"
        )
        return moments.dt.replace_time_zone(None)
    if "%H" in wanted or "%I" in wanted or "%T" in wanted or "%R" in wanted:
        moments = text.str.to_datetime(wanted, strict=False, cache=False, time_unit="us")
    else:
        moments = _days(text, wanted).cast(pl.Datetime("us"))
    if zone == "UTC" or wanted.endswith("Z"):
        return moments
    local = moments.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC").dt.replace_time_zone(None)


def _days(text: pl.Series, wanted: str) -> pl.Series:
    """Days; a format without a day means the first of the month, one without a month of the year.

    >>> _days(pl.Series(["01/2014", "2012"]), "%m/%Y").to_list()
    [datetime.date(2014, 1, 1), None]
    """
    if "%" in wanted and not any(directive in wanted for directive in DAY_DIRECTIVES):
        missing = "%d" if any(d in wanted for d in ("%m", "%b", "%B")) else "%m-%d"
        text, wanted = text + "-01" * (1 + missing.count("-")), f"{wanted}-{missing}"
    return text.str.to_date(wanted, strict=False, cache=False)


def _formats(mapping: ColumnMapping) -> list[str]:
    return [mapping.format] if isinstance(mapping.format, str) else list(mapping.format or [])
