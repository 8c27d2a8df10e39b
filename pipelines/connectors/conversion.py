"""From text to the contract's types, column by column.

What belongs here: one function per kind of column, null where the text is not of that kind. What
does not: what happens to a record whose text cannot be converted (connectors.mapping).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.connectors.dates import date, timestamp
from pipelines.connectors.numbers import number, percent
from pipelines.connectors.wording import is_one_of, looked_up
from pipelines.contract import Column
from pipelines.errors import EMAIL
from pipelines.program.rules import ColumnMapping
from pipelines.program.source import Source

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
    plain = text.str.strip_chars(BLANKS)
    absent = plain == ""
    if codes := list(missing):
        absent |= is_one_of(plain, codes)
    return plain.set(absent, None)


def convert(
    text: pl.Series,
    column: Column,
    mapping: ColumnMapping,
    source: Source,
    zone: str,
    *,
    typed: bool = False,
) -> pl.Series:
    """Text to the column's kind; null where it is not of that kind.

    `typed`: the file stores dates and numbers as such, which come as ISO text and with a point
    whatever is declared for the texts between them.
    """
    if column.kind == "timestamp":
        return timestamp(text, mapping, zone, typed_dates=typed)
    if column.kind == "date":
        return date(text, mapping, typed_dates=typed)
    if column.kind == "double":
        return share(text, source, typed=typed)
    if column.kind == "integer":
        found = number(text, source, typed=typed)
        whole = (found == found.floor()) & (found.abs() < 2**53)
        return found.set(~whole, None).cast(pl.Int64)
    if column.kind == "boolean":
        words = dict.fromkeys(TRUE_WORDS, True) | dict.fromkeys(FALSE_WORDS, False)
        return text.str.to_lowercase().replace_strict(words, default=None, return_dtype=pl.Boolean)
    if mapping.each:
        return _period_of(timestamp(text, mapping, zone, typed_dates=typed), mapping.each, zone)
    if mapping.formats:  # a period named by its day
        return date(text, mapping, typed_dates=typed).cast(pl.String)
    return text


def _period_of(moments: pl.Series, each: str, zone: str) -> pl.Series:
    """Ids of the calendar periods that moments in UTC lie in, in the program's zone."""
    days = moments.dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt
    if each == "quarter":
        return pl.select(pl.format("{}-Q{}", days.year(), days.quarter())).to_series()
    return days.strftime({"week": "%G-W%V", "month": "%Y-%m", "year": "%Y"}[each])


def share(text: pl.Series, source: Source, *, typed: bool = False) -> pl.Series:
    """Numbers; `92%` is 0.92."""
    found = number(text, source, typed=typed)
    rest = (text.is_not_null() & found.is_null()).arg_true()
    if rest.is_empty():
        return found
    is_percent, plain = percent(text.gather(rest))
    shares = number(plain, source) / 100
    return found.scatter(rest, shares.set(~is_percent, None))


def recode(text: pl.Series, codes: dict[str, str]) -> pl.Series:
    """Codes in any letter case to their meaning; null for an unlisted code."""
    return looked_up(text, dict(codes), pl.String())


def without_addresses(text: pl.Series) -> pl.Series:
    """Text with e-mail addresses masked; most columns hold none, and are only searched."""
    if not text.str.contains("@", literal=True).any():
        return text
    return text.str.replace_all(EMAIL.pattern, "<EMAIL>")
