"""Rows of a table that are no records: totals and notes, told by their first cell.

What belongs here: that one test, for split and unsplit rows. What does not: filters on named
columns (connectors.mapping).
"""

from __future__ import annotations

import csv
import re

import polars as pl

from pipelines.blanks import BLANKS
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
