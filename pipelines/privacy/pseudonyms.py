"""Keyed hashes of identifiers, and the secret they are made with.

What belongs here: the secret's life and the normalisation that makes two spellings of one
identifier meet. What does not: which columns are identifiers (the program says).

A keyed hash is pseudonymisation, not anonymisation: whoever holds the secret can test a guess.
"""

from __future__ import annotations

import hmac
import os
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines.errors import CrossvoiceError
from pipelines.program.sections import IdentifierNorm

SECRET_FILE = "pseudonym_secret"
MIN_SECRET_LENGTH = 16


def load_secret(keep: Path, given: str | None) -> tuple[bytes, bool]:
    """The secret and whether it was made just now.

    `given` (CROSSVOICE_SECRET) wins; otherwise the secret in `keep`, made once with private mode.
    Raises CrossvoiceError when the given one is too short.
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
        return path.read_bytes().strip(), False
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
        """Trim, NFKC, case-fold; leading zeros by the program's rule for the kind."""
        text = unicodedata.normalize("NFKC", identifier).strip().casefold()
        rule = self.rules.get(id_type)
        return text.lstrip("0") if rule and rule.strip_leading_zeros else text

    def key(self, identifier: str, id_type: str) -> str:
        """The key of one identifier: 32 hex digits (128 of the 256 bits)."""
        message = f"{id_type}\x1f{self.normalize(identifier, id_type)}".encode()
        return hmac.digest(self.secret, message, "sha256").hex()[:32]

    def keys(self, identifiers: pl.Series, id_type: str) -> pl.Series:
        """Keys of a column, each distinct identifier hashed once; null stays null."""
        distinct = identifiers.drop_nulls().unique()
        hashed = [self.key(text, id_type) for text in distinct]
        return identifiers.replace_strict(distinct, hashed, default=None, return_dtype=pl.String)
