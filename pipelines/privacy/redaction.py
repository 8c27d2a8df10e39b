"""Comments without people: what is landed of a text.

What belongs here: which texts are looked at closely, and the counts that are kept. What does not:
what a finding looks like (privacy.patterns, privacy.recognizers) and where the names come from
(connectors.in_step).

Most comments hold nothing that could be a name or a number. One pass over all words and one
expression, both in Polars, leave the others aside; only what is left goes through Presidio.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl
import regex

from pipelines.privacy.name_words import (
    INITIALS,
    NAME,
    WORD,
    base_forms,
    is_given,
    spellings,
)
from pipelines.privacy.patterns import KINDS, SUSPECT
from pipelines.privacy.pseudonyms import Pseudonymizer

if TYPE_CHECKING:
    from pipelines.privacy.recognizers import Recognizers

REDACTION_VERSION = 3
"""Raise when a change of shapes or words finds more: landed comments are then gone over again."""
INVISIBLE = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]"
TWO_CAPITALS = r"\p{Lu}\.?[ ]?\p{Lu}"
SHORTEST_GENITIVE = 4
COUNTS = ("n_redactions", *KINDS.values())
SCHEMA = {"redacted_text": pl.String, **dict.fromkeys(COUNTS, pl.Int64)}


class Redactor:
    """Takes out of texts what identifies somebody; knows names by their keys only."""

    def __init__(
        self,
        pseudonyms: Pseudonymizer,
        name_keys: Iterable[str] = (),
        codes: Iterable[str] = (),
        words: Iterable[str] = (),
        *,
        initials: bool = False,
    ) -> None:
        self._pseudonyms, self._name_keys = pseudonyms, frozenset(name_keys)
        self._codes = [regex.compile(code, regex.IGNORECASE) for code in codes]
        self._words = frozenset(s for word in words for s in spellings(word))
        self._initials = initials
        self._judged: set[str] = set()
        self._listed: set[str] = set()
        self._given: set[str] = set()

    @cached_property
    def id(self) -> str:
        """Tells two redactors apart: landed comments of another are gone over again."""
        codes = [code.pattern for code in self._codes]
        known = [sorted(self._name_keys), sorted(self._words), codes, self._initials]
        return hashlib.sha256(json.dumps([REDACTION_VERSION, known]).encode()).hexdigest()[:16]

    def redact(self, texts: pl.Series) -> pl.DataFrame:
        """A row per text: redacted, and redactions counted by kind; null stays null."""
        frame = pl.DataFrame({"text": texts}, schema={"text": pl.String}).select(
            pl.col("text").str.normalize("NFKC").str.replace_all(INVISIBLE, "")
        )
        suspects = self.suspects(frame["text"].drop_nulls().unique())
        rows = [(text, *self._redacted(text)) for text in suspects.to_list()]
        found = pl.DataFrame(rows, schema={"text": pl.String, **SCHEMA}, orient="row")
        joined = frame.join(found, on="text", how="left", maintain_order="left")
        given = pl.col("text").is_not_null()
        return joined.select(
            pl.coalesce("redacted_text", "text").alias("redacted_text"),
            *(pl.when(given).then(pl.col(c).fill_null(0)).alias(c) for c in COUNTS),
        )

    def again(self, comments: pl.DataFrame) -> pl.DataFrame:
        """Landed comments with what is known now taken out as well."""
        return comments.with_columns(self.redact(comments["redacted_text"]))

    def suspects(self, texts: pl.Series) -> pl.Series:
        """The texts in which anything might be found."""
        frame = pl.DataFrame({"text": texts}, schema={"text": pl.String})
        words = frame.with_row_index("row").select(
            "row", pl.col("text").str.extract_all(WORD).alias("word")
        )
        words = words.explode("word").drop_nulls()
        self._judge(words["word"].unique())
        rows = words.filter(pl.col("word").is_in(list(self._listed | self._given)))["row"].unique()
        is_suspect = frame["text"].str.contains(SUSPECT)
        if self._initials:
            is_suspect |= frame["text"].str.contains(TWO_CAPITALS)
        is_suspect = is_suspect.scatter(rows, values=True)
        for code in self._codes:
            found = [code.search(text) is not None for text in texts.to_list()]
            is_suspect |= pl.Series(found, dtype=pl.Boolean)
        return frame["text"].filter(is_suspect)

    def _judge(self, words: pl.Series) -> None:
        """Find out which words not met before are names."""
        new = [word for word in words.to_list() if word not in self._judged]
        self._judged.update(new)
        self._given.update(word for word in new if is_given(word))
        pairs = [(word, spelling) for word in new for spelling in _forms(word)]
        if not pairs:
            return
        frame = pl.DataFrame(pairs, schema=["word", "spelling"], orient="row")
        is_name = frame["spelling"].is_in(list(self._words))
        if self._name_keys:
            keys = self._pseudonyms.keys(frame["spelling"], NAME)
            is_name |= keys.is_in(list(self._name_keys))
        self._listed.update(frame["word"].filter(is_name).to_list())

    @cached_property
    def _engine(self) -> Recognizers:
        from pipelines.privacy.recognizers import Recognizers  # noqa: PLC0415 - half a second

        codes = [code.pattern for code in self._codes]
        return Recognizers(self._is_known, self._are_initials if self._initials else None, codes)

    def _is_known(self, word: str) -> bool:
        return word in self._listed or (word in self._given and word[0].isupper())

    def _are_initials(self, letters: str) -> bool:
        return self._pseudonyms.key(letters, INITIALS) in self._name_keys

    def _redacted(self, text: str) -> tuple[str | int, ...]:
        redacted, counts = self._engine.redact(text)
        return redacted, counts.total(), *(counts[kind] for kind in KINDS)


def _forms(word: str) -> tuple[str, ...]:
    """Spellings a word is looked up by; `Annas` may be Anna's, `Kowalskiego` Kowalski's."""
    found = (word.lower(),) if word.isascii() else spellings(word)
    if not word[0].isupper():
        return found
    if word[-1] == "s" and len(word) > SHORTEST_GENITIVE:
        return *found, *(form[:-1] for form in found)
    return *found, *(base for form in found for base in base_forms(form))
