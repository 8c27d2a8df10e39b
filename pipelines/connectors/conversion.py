"""From text to the contract's types, as Polars expressions.

What belongs here: one expression per kind of column, null where the text is not of that kind.
What does not: what happens to a record whose text cannot be converted (connectors.mapping).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from pipelines.contract import Column
from pipelines.program.source import ColumnMapping

ISO_ZONED = ("%Y-%m-%dT%H:%M:%S%.f%#z", "%Y-%m-%d %H:%M:%S%.f%#z", "%Y-%m-%dT%H:%M%#z")
ISO_NAIVE = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
)
ISO_DATE = ("%Y-%m-%d",)
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


def clean(name: str, missing: Sequence[str] = ()) -> pl.Expr:
    """Text without surrounding blanks; blank and missing codes become null."""
    text = pl.col(name).str.strip_chars(" \t\r\n\u00a0")
    codes = [code.casefold() for code in missing]
    absent = (text == "") | (text.str.to_lowercase().is_in(codes) if codes else pl.lit(False))
    return pl.when(absent).then(None).otherwise(text)


def convert(text: pl.Expr, column: Column, mapping: ColumnMapping, zone: str) -> pl.Expr:
    """Text to the column's kind; null where it is not of that kind."""
    if column.kind == "timestamp":
        return timestamp(text, mapping, zone)
    if column.kind == "date":
        return date(text, mapping)
    if column.kind == "double":
        return text.cast(pl.Float64, strict=False)
    if column.kind == "integer":
        number = text.cast(pl.Float64, strict=False)
        whole = number.is_finite() & (number == number.floor()) & (number.abs() < 2**53)
        return pl.when(whole).then(number).cast(pl.Int64, strict=False)
    if column.kind == "boolean":
        word = text.str.to_lowercase()
        return (
            pl.when(word.is_in(TRUE_WORDS))
            .then(True)
            .when(word.is_in(FALSE_WORDS))
            .then(False)
            .otherwise(None)
        )
    return text


def recode(text: pl.Expr, codes: dict[str, str]) -> pl.Expr:
    """Codes in any letter case to their meaning; null for an unlisted code."""
    lowered = {code.casefold(): meaning for code, meaning in codes.items()}
    return text.str.to_lowercase().replace_strict(lowered, default=None, return_dtype=pl.String)


def timestamp(text: pl.Expr, mapping: ColumnMapping, zone: str) -> pl.Expr:
    """Naive UTC timestamps. Text without a zone is read in the mapping's zone."""
    given = _formats(mapping)
    naive_zone = {"local": zone, None: "UTC"}.get(mapping.time_zone, mapping.time_zone)
    zoned = [
        text.str.to_datetime(f, strict=False, time_zone="UTC", time_unit="us")
        for f in given or ISO_ZONED
        if "%z" in f or "%#z" in f
    ]
    naive = [
        text.str.to_datetime(f, strict=False, time_unit="us")
        for f in given or ISO_NAIVE
        if "%z" not in f and "%#z" not in f and "%H" in f
    ]
    days = [
        text.str.to_date(f, strict=False).cast(pl.Datetime("us"))
        for f in given or ISO_DATE
        if "%H" not in f
    ]
    local = [
        e.dt.replace_time_zone(naive_zone, ambiguous="earliest", non_existent="null")
        .dt.convert_time_zone("UTC")
        for e in (*naive, *days)
    ]  # fmt: skip
    return pl.coalesce(*zoned, *local).dt.replace_time_zone(None)


def date(text: pl.Expr, mapping: ColumnMapping) -> pl.Expr:
    """Dates; the time of day of an ISO timestamp is cut off."""
    given = _formats(mapping)
    head = text if given else text.str.extract(r"^(\d{4}-\d{2}-\d{2})(?:[T ][\d:.]+Z?)?$")
    day = pl.coalesce(*(head.str.to_date(f, strict=False) for f in given or ISO_DATE))
    return day + pl.duration(days=1) if mapping.last_day_included else day


def _formats(mapping: ColumnMapping) -> list[str]:
    return [mapping.format] if isinstance(mapping.format, str) else list(mapping.format or [])
