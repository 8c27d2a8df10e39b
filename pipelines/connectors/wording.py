"""When two texts are the same word: case, width, blanks, kinds of dash and quote do not count.

What belongs here: that one rule, for the program's words and for columns of text. What does not:
names of columns (connectors.columns) and units (pipelines.raw).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

import polars as pl

from pipelines.blanks import BLANKS

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\uff0d"
"""Dashes and minus signs; each counts as a hyphen."""
APOSTROPHES = "\u2018\u2019\u02bc\u2032\u00b4"
"""Marks that office programs put in the place of an apostrophe."""
_ALIKE = dict.fromkeys(map(ord, DASHES), "-") | dict.fromkeys(map(ord, APOSTROPHES), "'")


def same(text: str) -> str:
    """The form all spellings of a word share.

    >>> same(" k.\\u00a0A. "), same("\\u2014"), same("Ｓｔｒｏｎｇｌｙ  agree")
    ('k. a.', '-', 'strongly agree')
    >>> same("D\\u2019accord")
    "d'accord"
    """
    plain = unicodedata.normalize("NFKC", text.translate(_ALIKE)).translate(_ALIKE)
    return " ".join(plain.strip(BLANKS).lower().split())


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
