"""When two texts are the same word: case, width, blanks, kinds of dash and quote do not count.

What belongs here: that one rule. What does not: columns of text (connectors.wording). It needs no
data library, because the program's own words are held against it, too.
"""

from __future__ import annotations

import unicodedata

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
