"""Numbers as people write them: decimal commas, groups of three, percent, `4 / 5`, any digits.

What belongs here: text to number under the source's declared marks, null for any other text. What
does not: scales (connectors.values) and kinds of columns (conversion).
"""

from __future__ import annotations

import re

import polars as pl

from pipelines.connectors.wording import DASHES
from pipelines.program.source import Source

RAISED = "[\u00b2\u00b3\u00b9\u2070-\u2079\u2080-\u2089]"
"""Raised digits are marks of notes: `87.4\u00b9` is no number, and never 87.41."""
OF_ALL = r"^(.*\d.*?)\s*(?:/|out of|of|von|sur|de|su|van|z|av|af)\s*(\d+)$"
"""A score with the best one beside it: `8.5/10`, `4 out of 5`, `4 von 5`."""


def number(text: pl.Series, source: Source | None = None, *, typed: bool = False) -> pl.Series:
    """Finite numbers; null for any other text.

    Text follows the source's `decimal` and `thousands` and nothing else: with a decimal comma
    `1.5` is no number. `typed`: the file stores numbers as numbers, which come with a point.
    """
    decimal = source.decimal if source else "."
    thousands = source.thousands if source else None
    if decimal == "." or typed:
        found = text.cast(pl.Float64, strict=False)
        found = found.set(~found.is_finite(), None)
    else:
        found = pl.Series([None], dtype=pl.Float64).new_from_index(0, text.len())
    rest = (text.is_not_null() & found.is_null()).arg_true()
    if rest.is_empty():
        return found
    return found.scatter(rest, _marked(text.gather(rest), decimal, thousands))


def percent(text: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Which texts end in a percent sign, and the texts without it."""
    plain = text.str.normalize("NFKC").str.strip_chars()
    is_percent = plain.str.ends_with("%").fill_null(value=False)
    return is_percent, plain.str.strip_suffix("%").str.strip_chars()


def out_of(text: pl.Series, best: float) -> pl.Series:
    """The score of texts such as `4 / 5` where `best` is the one behind it, else null."""
    plain = text.str.normalize("NFKC").str.to_lowercase().str.strip_chars()
    parts = plain.str.extract_groups(OF_ALL).struct.unnest()
    is_best = (parts["2"].cast(pl.Float64, strict=False) == best).fill_null(value=False)
    return parts["1"].str.strip_chars().set(~is_best, None)


def without_marks(text: pl.Series, marks: list[str]) -> pl.Series:
    """The texts without the marks that stand behind a number (`87.4 (p)`, `12.3*`)."""
    listed = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True))
    return text.str.replace(rf"^(.*\d.*?)(?:\s*(?:{listed}))+\s*$", "$1")


def _marked(text: pl.Series, decimal: str, thousands: str | None) -> pl.Series:
    """Numbers with the declared marks, in any width of digits and kind of minus or blank."""
    text = text.set(text.str.contains(RAISED), None)
    plain = text.str.normalize("NFKC").str.replace_all(f"[{DASHES}]", "-")
    plain = plain.str.replace_all("\u2019", "'").str.strip_chars()
    point = re.escape(decimal)
    whole = r"\d+"
    if thousands is not None:
        mark = r"\s" if thousands == " " else re.escape(thousands)
        whole = rf"(?:\d{{1,3}}(?:{mark}\d{{3}})+|\d+)"
    shape = rf"^[+-]?(?:{whole}(?:{point}\d*)?|{point}\d+)(?:[eE][+-]?\d+)?$"
    fits = plain.str.contains(shape).fill_null(value=False)
    if thousands is not None:
        plain = plain.str.replace_all(mark, "")
    found = plain.str.replace(decimal, ".", literal=True).cast(pl.Float64, strict=False)
    return found.set(~fits | ~found.is_finite(), None)
