"""Formats left out of a column's reading could not have read any of its texts."""

from __future__ import annotations

import datetime as dt

import polars as pl

from pipelines.inspection.profile import (
    DATE_FORMATS,
    PARTIAL_FORMATS,
    _fits,
    _formats_of,
    _with_their_marks,
)  # fmt: skip

FORMATS = DATE_FORMATS + PARTIAL_FORMATS
MOMENT = dt.datetime(2024, 11, 23, 14, 5, 9, tzinfo=dt.UTC)
WIDE = {ord(sign): ord(sign) + 0xFEE0 for sign in "0123456789./:-,"}


def test_a_format_is_tried_wherever_it_reads_a_text() -> None:
    texts = [MOMENT.strftime(written) for written in FORMATS]
    texts += [text.translate(WIDE) for text in texts]
    tried = [_with_their_marks(pl.Series([text]), FORMATS) for text in texts]
    n_read = 0
    for wanted in FORMATS:
        reads = _fits(pl.Series(texts), [wanted], None)
        n_read += reads.sum()
        left_out = [wanted not in formats for formats in tried]
        assert not (reads & pl.Series(left_out)).any(), wanted
    assert n_read >= len(texts)


def test_decimal_numbers_are_read_as_few_kinds_of_dates() -> None:
    sample = pl.Series(["71.25", "3.125", "100"])
    assert set(_with_their_marks(sample, FORMATS)) == {"%m.%Y", "%Y%m%d", "%B %Y", "%b %Y", "%Y",
        "%d %b %Y", "%d %B %Y", "%d. %B %Y", "%d de %B de %Y", "%d %B %Y à %Hh%M",
        "%Y年%m月%d日"}  # fmt: skip
    formats, _, fits = _formats_of(sample)
    assert formats == []
    assert not fits.any()
