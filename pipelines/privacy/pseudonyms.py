"""Keyed hashes of identifiers, and the secret they are made with.

What belongs here: the secret's life and the normalisation that makes two spellings of one
identifier meet. What does not: which columns are identifiers (the program says).

A keyed hash is pseudonymisation, not anonymisation: whoever holds the secret can test a guess.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.errors import CrossvoiceError
from pipelines.program.sections import IdentifierNorm

SECRET_FILE = "pseudonym_secret"
MIN_SECRET_LENGTH = 16
KEY_LENGTH = 32
"""Hex digits of a key."""
BLOCK = 64
"""Bytes SHA-256 works on at a time."""


def load_secret(keep: Path, given: str | None) -> tuple[bytes, bool]:
    """The secret and whether it was made just now.

    `given` (CROSSVOICE_SECRET) wins; otherwise the secret in `keep`, made once with private mode.
    Raises CrossvoiceError when the given one is too short or the kept one is damaged.
    """
    if given is not None:
        if len(given) < MIN_SECRET_LENGTH:
            raise CrossvoiceError(
                "CROSSVOICE_SECRET is too short to protect anybody.",
                mend=f"use at least {MIN_SECRET_LENGTH} characters, made by a password manager",
            )
        return given.encode(), False
    path = keep / SECRET_FILE
    if path.exists():
        kept = path.read_bytes().strip()
        if len(kept) < MIN_SECRET_LENGTH:
            raise CrossvoiceError(
                "The pseudonym secret is damaged.",
                where=str(path),
                mend="restore it from a backup: with a new one every person gets another key",
            )
        return kept, False
    keep.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = secrets.token_hex(32).encode()
    temporary = keep / f".{SECRET_FILE}.{os.getpid()}"
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    return made, True


@dataclass(frozen=True)
class Pseudonymizer:
    """Turns identifiers into keys: HMAC-SHA256 of kind and normalised identifier."""

    secret: bytes
    rules: Mapping[str, IdentifierNorm]

    def normalize(self, identifier: str, id_type: str) -> str:
        """NFKC, trimmed, case-folded; leading zeros by the program's rule for the kind."""
        text = unicodedata.normalize("NFKC", identifier).strip(BLANKS).casefold()
        return (text.lstrip("0") or "0") if text and self._strips_zeros(id_type) else text

    def key(self, identifier: str, id_type: str) -> str:
        """The key of one identifier: 32 hex digits (128 of the 256 bits)."""
        message = f"{id_type}\x1f{self.normalize(identifier, id_type)}".encode()
        return hmac.digest(self.secret, message, "sha256").hex()[:KEY_LENGTH]

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

    @cached_property
    def secret_id(self) -> str:
        """Tells two secrets apart without telling anything about them."""
        return hmac.digest(self.secret, b"which secret", "sha256").hex()[:16]

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
        """HMAC by its definition: the two keyed blocks are hashed once, not once per identifier."""
        secret = self.secret if len(self.secret) <= BLOCK else hashlib.sha256(self.secret).digest()
        padded = secret.ljust(BLOCK, b"\0")
        inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded) + f"{id_type}\x1f".encode())
        outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
        begin, finish = inner.copy, outer.copy
        digests: list[bytes | None] = []
        for text in normalized.cast(pl.Binary).to_list():
            if text is None:
                digests.append(None)
                continue
            message = begin()
            message.update(text)
            keyed = finish()
            keyed.update(message.digest())
            digests.append(keyed.digest()[: KEY_LENGTH // 2])
        return pl.Series(digests, dtype=pl.Binary).bin.encode("hex")
