"""Words of names: how a word is made alike before it is hashed, and words that are both.

What belongs here: the words a text or a name is split into, their spellings, given names anybody
may have. What does not: whose names they are; only their keyed hashes are landed.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from pathlib import Path

import polars as pl

NAME = "name"
INITIALS = "initials"
"""Kinds the keys of words are made with; kinds never meet."""
WORD = r"\p{L}[\p{L}\p{M}]*"
SHORTEST = 2
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "ß": "ss"})
_STRUCK = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe"})
"""Letters that no form of Unicode takes apart."""

CASE_ENDINGS = (
    ("iego", "i"), ("iemu", "i"), ("iej", "a"), ("skim", "ski"), ("ckim", "cki"), ("ską", "ska"),
    ("cką", "cka"), ("owi", ""), ("em", ""), ("ą", "a"), ("ę", "a"), ("y", "a"), ("a", ""),
)  # fmt: skip
"""Endings of Slavic cases and what a name ends in without: Kowalskiego, Kowalskiej, Anny."""
SHORTEST_STEM = 4

_HERE = Path(__file__).parent

AMBIGUOUS = frozenset((_HERE / "ambiguous_names.txt").read_text("utf-8").split())
"""Names that are words of everyday: taken out only where the writing says that they are names."""
GIVEN_NAMES = frozenset((_HERE / "given_names.txt").read_text("utf-8").split())
"""Given names common where the languages of this project are spoken: customers are on no list."""


def spellings(word: str) -> tuple[str, ...]:
    """The ways a word of a name is written: as it is, without marks, with ae for ä.

    >>> spellings("Müller")
    ('müller', 'mueller', 'muller')
    """
    plain = unicodedata.normalize("NFC", unicodedata.normalize("NFKC", word).casefold())
    german = unaccented(word.lower().translate(_GERMAN))
    return tuple(dict.fromkeys((plain, german, unaccented(plain))))


def unaccented(word: str) -> str:
    """Without marks above, below and through letters."""
    decomposed = unicodedata.normalize("NFD", word.casefold().translate(_STRUCK))
    return "".join(c for c in decomposed if not unicodedata.combining(c))


def base_forms(word: str) -> tuple[str, ...]:
    """What a word in small letters may be a Slavic case of, but for words of everyday.

    >>> base_forms("kowalskiego")
    ('kowalski',)
    """
    found = (word.removesuffix(old) + new for old, new in CASE_ENDINGS if word.endswith(old))
    return tuple(f for f in found if len(f) >= SHORTEST_STEM and not is_ambiguous(f))


def words_of(names: pl.DataFrame) -> pl.Series:
    """Every spelling of every word in these columns of names, each once.

    Of an e-mail address the words before the @ are names.
    """
    texts = pl.concat([names[c] for c in names.columns]).drop_nulls().unique()
    texts = texts.str.replace(r"@\S*", "")
    texts = pl.concat([texts, texts.str.replace_all("['\u2019]", "")])  # obrien for O'Brien
    words = texts.str.extract_all(WORD).explode().drop_nulls().unique()
    long_enough = [w for w in words.to_list() if len(w) >= SHORTEST]
    return pl.Series(sorted({s for w in long_enough for s in spellings(w)}), dtype=pl.String)


def initials_of(names: pl.DataFrame) -> pl.Series:
    """Initials of every record, from its columns of names in their order, each once."""
    first = [names[c].str.extract(r"^\P{L}*(\p{L})") for c in names.columns]
    joined = pl.DataFrame(first).select(pl.concat_str(pl.all(), ignore_nulls=True)).to_series()
    joined = joined.str.to_lowercase().drop_nulls().unique()
    return joined.filter(joined.str.len_chars() >= SHORTEST)


@cache
def is_ambiguous(word: str) -> bool:
    """Whether the word is also one of everyday, or too short to tell."""
    return len(word) <= SHORTEST or any(s in AMBIGUOUS for s in spellings(word))


@cache
def is_given(word: str) -> bool:
    """Whether the word is a given name many people have."""
    return any(s in GIVEN_NAMES for s in spellings(word))
