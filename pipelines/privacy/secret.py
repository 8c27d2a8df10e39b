"""The pseudonym secret: made once, kept private, checked before every use, changed by rotation.

What belongs here: where the secret comes from and how a lost or another one is noticed. What does
not: keys (privacy.pseudonyms) and the landed rows a rotation rewrites (pipelines.batch_rewriter).

A secret is a chain of links. A key is made with the first link, then hashed again with each later
one, so that landed keys can be re-keyed although nobody's identifier was landed. The current link
is CROSSVOICE_SECRET, or stands in `keep/pseudonym_secret` with those before it:

    {"secret": current link (null: it is in the environment), "earlier": links before it,
     "check": id of the whole chain, "severing": throw-away secret of a sever under way}

The check is a keyed hash: it tells two secrets apart without telling anything about them.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pipelines.errors import CrossvoiceError
from pipelines.settings import Settings

SECRET_FILE = "pseudonym_secret"
MIN_SECRET_LENGTH = 16
SEVERED = "severed"
"""In place of a secret's id: keys nobody can make again, nor join with any other."""


@dataclass(frozen=True)
class Secret:
    """The chain of links, oldest first, and whether it was made just now."""

    links: tuple[bytes, ...] = field(repr=False)
    severing: bytes | None = field(default=None, repr=False)
    is_new: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """Id of the chain up to each link; the last is the whole chain's."""
        found: list[str] = []
        for link in self.links:
            message = f"which secret {found[-1]}" if found else "which secret"
            found.append(hmac.digest(link, message.encode(), "sha256").hex()[:16])
        return tuple(found)

    @property
    def id(self) -> str:
        """Tells two chains apart without telling anything about them."""
        return self.ids[-1]

    @property
    def base_id(self) -> str:
        """Id of the first link: it stays through re-keying, and changes when keys are severed."""
        return self.ids[0]

    def links_after(self, secret_id: str) -> tuple[bytes, ...] | None:
        """Links that keys made under an earlier state of this chain still lack; None: another."""
        ids = self.ids
        return self.links[ids.index(secret_id) + 1 :] if secret_id in ids else None


def load_secret(settings: Settings) -> Secret:
    """The secret in use; made, with private mode, when there is none and nothing is landed yet.

    Raises CrossvoiceError when it is too short, damaged, lost, or not the one the landed keys were
    made with. No message holds any part of it.
    """
    kept = read_kept(settings)
    given = settings.secret.encode() if settings.secret is not None else None
    if given is not None and len(given) < MIN_SECRET_LENGTH:
        raise CrossvoiceError(
            "CROSSVOICE_SECRET is too short to protect anybody.",
            mend=f"use at least {MIN_SECRET_LENGTH} characters, made by a password manager",
        )
    if kept is None:
        return _first_secret(settings, given)
    current = given or (kept["secret"] or "").encode()
    if not current:
        raise CrossvoiceError(
            "CROSSVOICE_SECRET is not set, and the landed keys were made with it.",
            where=str(settings.keep / SECRET_FILE),
            mend="set it to the secret used so far. Is it lost: `crossvoice secret rotate --sever`",
        )
    severing = kept["severing"].encode() if kept["severing"] else None
    found = Secret((*(e.encode() for e in kept["earlier"]), current), severing)
    if found.id != kept["check"]:
        raise CrossvoiceError(
            "This is not the secret the landed keys were made with: every person would get "
            "another key and meet nobody."
            if given
            else "The pseudonym secret is damaged.",
            where="CROSSVOICE_SECRET" if given else str(settings.keep / SECRET_FILE),
            mend="set the secret used so far (without CROSSVOICE_SECRET the kept one is used), or "
            "change it with `crossvoice secret rotate`"
            if given
            else "restore it from a backup: with a new one every person gets another key",
        )
    return found


def read_kept(settings: Settings) -> dict[str, Any] | None:
    """What the secret's file holds; None when there is no file."""
    path = settings.keep / SECRET_FILE
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text())
        if not (
            isinstance(kept["check"], str)
            and isinstance(kept["earlier"], list)
            and (kept["secret"] is None or len(kept["secret"]) >= MIN_SECRET_LENGTH)
            and "severing" in kept
        ):
            raise ValueError
    except (ValueError, KeyError, TypeError):
        raise CrossvoiceError(
            "The pseudonym secret is damaged.",
            where=str(path),
            mend="restore it from a backup: with a new one every person gets another key",
        ) from None
    return kept


def keep_secret(settings: Settings, secret: Secret) -> None:
    """Write the secret's file by one rename, private; a link from the environment stays there."""
    links = [link.decode() for link in secret.links]
    text = {
        "secret": None if settings.secret is not None else links[-1],
        "earlier": links[:-1],
        "check": secret.id,
        "severing": secret.severing.decode() if secret.severing else None,
    }
    write_private(settings.keep / SECRET_FILE, json.dumps(text))


def new_link() -> bytes:
    """A secret nobody can guess."""
    return secrets.token_hex(32).encode()


def finish_severing(settings: Settings, secret: Secret) -> None:
    """Forget the throw-away secret: from now on nobody can join old keys with severed ones."""
    if secret.severing is not None:
        keep_secret(settings, replace(secret, severing=None))


def write_private(path: Path, text: str) -> None:
    """Replace a file of the keep folder by one rename, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.parent.chmod(0o700)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _first_secret(settings: Settings, given: bytes | None) -> Secret:
    found = Secret((given or new_link(),), is_new=given is None)
    landed = _landed_ids(settings.landing)
    if landed and set(landed) != {found.id}:
        raise CrossvoiceError(
            "The pseudonym secret is lost: rows are landed under another one."
            if given is None
            else "This is not the secret the landed keys were made with.",
            where=str(settings.keep / SECRET_FILE) if given is None else "CROSSVOICE_SECRET",
            mend="restore the keep folder from a backup. Is there none: "
            "`crossvoice secret rotate --sever` starts anew without it",
        )
    keep_secret(settings, found)
    return found


def _landed_ids(landing: Path) -> Sequence[str]:
    """Ids of the secrets that landed batches were made with."""
    found = []
    for manifest in landing.glob("*/*/manifest.json"):
        try:
            found.append(json.loads(manifest.read_bytes())["secret_id"])
        except (ValueError, KeyError):
            continue  # a damaged account is told where it is read
    return found
