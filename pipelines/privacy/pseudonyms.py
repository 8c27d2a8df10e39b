"""Keyed hashes of identifiers.

What belongs here: keys, and the normalisation that makes two spellings of one identifier meet.
What does not: which columns are identifiers (the program says) and the secret's life
(privacy.secret).

A keyed hash is pseudonymisation, not anonymisation: whoever holds the secret can test a guess.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.privacy.secret import Secret
from pipelines.program.sections import IdentifierNorm

KEY_LENGTH = 32
"""Hex digits of a key."""
BLOCK = 64
"""Bytes SHA-256 works on at a time."""


@dataclass(frozen=True)
class Pseudonymizer:
    """Turns identifiers into keys: HMAC-SHA256 of kind and normalised identifier.

    The key of the chain's first link is hashed again with each later link (`rekeyed`).
    """

    secret: Secret
    rules: Mapping[str, IdentifierNorm] = field(default_factory=dict)

    def normalize(self, identifier: str, id_type: str) -> str:
        """NFKC, trimmed, case-folded; leading zeros by the program's rule for the kind."""
        text = unicodedata.normalize("NFKC", identifier).strip(BLANKS).casefold()
        return (text.lstrip("0") or "0") if text and self._strips_zeros(id_type) else text

    def key(self, identifier: str, id_type: str) -> str:
        """The key of one identifier: 32 hex digits (128 of the 256 bits)."""
        message = f"{id_type}\x1f{self.normalize(identifier, id_type)}".encode()
        key = hmac.digest(self.secret.links[0], message, "sha256").hex()[:KEY_LENGTH]
        for link in self.secret.links[1:]:
            key = hmac.digest(link, key.encode(), "sha256").hex()[:KEY_LENGTH]
        return key

    def keys(self, identifiers: pl.Series, id_type: str) -> pl.Series:
        """Keys of a column, as `key` makes them; null stays null."""
        distinct = identifiers
        repeats = identifiers.approx_n_unique() < identifiers.len() / 2
        if repeats:
            distinct = identifiers.drop_nulls().unique()
        if distinct.is_empty():
            return identifiers.cast(pl.String)
        keys = self._hashed(self._normalized(distinct, id_type), id_type)
        if not repeats:
            return keys.alias(identifiers.name)
        return identifiers.replace_strict(distinct, keys, default=None, return_dtype=pl.String)

    def _strips_zeros(self, id_type: str) -> bool:
        rule = self.rules.get(id_type)
        return rule is not None and rule.strip_leading_zeros

    def _normalized(self, identifiers: pl.Series, id_type: str) -> pl.Series:
        """`normalize` for a column: plain ASCII, which is nearly all there is, at once."""
        text = identifiers.str.strip_chars(BLANKS).str.to_lowercase()
        if self._strips_zeros(id_type):
            text = text.str.replace(r"(?s)^0+(.)", "${1}")
        others = (identifiers.str.len_bytes() != identifiers.str.len_chars()).arg_true()
        if others.is_empty():
            return text
        normalized = [self.normalize(other, id_type) for other in identifiers.gather(others)]
        return text.scatter(others, normalized)

    def _hashed(self, normalized: pl.Series, id_type: str) -> pl.Series:
        first, *later = self.secret.links
        return rekeyed(_digests(normalized, first, f"{id_type}\x1f"), later)


def rekeyed(keys: pl.Series, links: Sequence[bytes]) -> pl.Series:
    """Keys under a chain that has grown by these links; null stays null."""
    for link in links:
        keys = _digests(keys, link, "")
    return keys


def _digests(texts: pl.Series, secret: bytes, prefix: str) -> pl.Series:
    """HMAC by its definition: the two keyed blocks are hashed once, not once per text."""
    secret = secret if len(secret) <= BLOCK else hashlib.sha256(secret).digest()
    padded = secret.ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + prefix.encode())
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
    begin, finish = inner.copy, outer.copy
    digests: list[bytes | None] = []
    for text in texts.cast(pl.Binary).to_list():
        if text is None:
            digests.append(None)
            continue
        message = begin()
        message.update(text)
        keyed = finish()
        keyed.update(message.digest())
        digests.append(keyed.digest()[: KEY_LENGTH // 2])
    return pl.Series(texts.name, digests, dtype=pl.Binary).bin.encode("hex")
