"""Words of the program found in columns of text, by the rule of pipelines.spelling.

What belongs here: that lookup. What does not: names of columns (connectors.columns) and units
(pipelines.raw).
"""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from pipelines.spelling import DASHES, same

__all__ = ["DASHES", "is_one_of", "looked_up", "same"]


def looked_up(text: pl.Series, words: dict[str, object], kind: pl.DataType) -> pl.Series:
    """The meaning of each text; null for one that is no key. Most texts are found as they are."""
    known = {same(word): meaning for word, meaning in words.items()}
    found = text.str.to_lowercase().replace_strict(known, default=None, return_dtype=kind)
    rest = (text.is_not_null() & found.is_null()).arg_true()
    if rest.is_empty():
        return found
    others = text.gather(rest)
    distinct = others.unique()
    spelled = {t: known[same(t)] for t in distinct.to_list() if same(t) in known}
    if not spelled:
        return found
    meant = others.replace_strict(spelled, default=None, return_dtype=kind)
    return found.scatter(rest, meant)


def is_one_of(text: pl.Series, words: Iterable[str]) -> pl.Series:
    """Whether each text is one of the words; false for null.

    Texts in plain letters are compared as they are; the others are looked at one by one.
    """
    known = {same(word) for word in words}
    if not known:
        return pl.Series([False]).new_from_index(0, text.len())
    lowered = text.str.to_lowercase()
    listed = lowered.is_in(list(known)).fill_null(value=False)
    longest = 4 * max(map(len, known))
    odd = (text.str.len_bytes() <= longest) & (
        (text.str.len_bytes() != text.str.len_chars()) | text.str.contains("  ", literal=True)
    )
    places = (odd.fill_null(value=False) & ~listed).arg_true()
    if places.is_empty():
        return listed
    others = text.gather(places)
    spelled = [t for t in others.unique().to_list() if same(t) in known]
    return listed.scatter(places, others.is_in(spelled)) if spelled else listed
