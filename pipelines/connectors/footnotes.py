"""Rows of a table that are left out: totals and notes, told by their first cell, and filters.

What belongs here: these tests of a text. What does not: the account of what was left out
(connectors.mapping).
"""

from __future__ import annotations

import csv
import re

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.connectors.wording import is_one_of
from pipelines.program.rules import Filter
from pipelines.program.source import Source


def begins_with(text: pl.Series, patterns: list[str]) -> pl.Series:
    """Whether each text begins with one of the patterns, in any letter case; false for null."""
    joined = "|".join(f"(?:{pattern})" for pattern in patterns)
    return text.str.strip_chars(BLANKS).str.contains(f"(?i)^(?:{joined})").fill_null(value=False)


def starts_a_footnote(source: Source, line: str, delimiter: str) -> bool:
    """The same for the text of a row that could not be split."""
    if not source.footnotes:
        return False
    first = next(iter(csv.reader([line], delimiter=delimiter)), [""])
    cell = (first or [""])[0].strip(BLANKS)
    return any(re.match(pattern, cell, re.IGNORECASE) for pattern in source.footnotes)


def is_left_out(rule: Filter, text: pl.Series) -> pl.Series:
    """Whether a filter leaves each record out, by the text of its column."""
    if rule.keep_matching is not None:
        return ~begins_with(text, [rule.keep_matching])
    if rule.drop_matching is not None:
        return begins_with(text, [rule.drop_matching])
    fits = is_one_of(text, rule.keep if rule.keep is not None else rule.drop or [])
    return ~fits if rule.keep is not None else fits
