"""Another pseudonym secret: keys made anew from the landed ones, or cut off from them.

What belongs here: the order of steps, each of which may be the last before a kill. What does not:
the secret's file (privacy.secret) and rewriting batches (batch_rewriter).

Re-key: every landed key is hashed again under the new secret. People stay the same people; whoever
held only the old secret can no longer test a guess.
Sever: landed keys are hashed under a secret that is then thrown away. Files still there are landed
anew under the new one; rows whose file is gone stay, and can be joined with nobody.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import Literal

from pipelines import landing
from pipelines.batch_rewriter import Upkeep, bring_up_to_date
from pipelines.errors import CrossvoiceError
from pipelines.privacy.erasure import LIST_FILE, Erasures, keep_erasures, read_erasures
from pipelines.privacy.secret import (
    SECRET_FILE,
    Secret,
    finish_severing,
    keep_secret,
    load_secret,
    new_link,
    read_kept,
)
from pipelines.publishing.layout import CANDIDATE
from pipelines.settings import Settings


def rotate(settings: Settings, mode: Literal["rekey", "sever"], *, drop_erasures: bool) -> Secret:
    """Change the secret and every landed key; returns the new secret.

    Raises CrossvoiceError when the old secret is not there for re-keying, or when severing would
    bring erased people back.
    """
    kept = read_kept(settings)
    if mode == "sever" and not (kept and kept["severing"]):
        _refuse_to_lose_erasures(settings, drop_erasures)
        given = settings.secret.encode() if settings.secret else new_link()
        keep_secret(settings, Secret((given,), severing=new_link()))
    elif mode == "rekey":
        old = _old_secret(settings)
        given = settings.secret.encode() if settings.secret else new_link()
        keep_secret(settings, Secret((*old.links, given)))
    secret = load_secret(settings)
    finish(settings, secret)
    return replace(secret, severing=None)


def finish(settings: Settings, secret: Secret) -> None:
    """Bring every landed batch under the secret; whatever was killed is done from where it was."""
    landing.sweep(settings.landing)
    erasures = read_erasures(settings, secret)
    if erasures.keys:
        keep_erasures(settings, erasures)
    batches = landing.all_batches(settings.landing)
    bring_up_to_date(settings.landing, batches, Upkeep(secret, Erasures(secret.id)), only_keys=True)
    remove_derived(settings)
    finish_severing(settings, secret)


def remove_derived(settings: Settings) -> None:
    """Remove what holds keys and can be made again: the warehouse and an unreleased candidate."""
    for file in settings.home.glob(f"{settings.warehouse.name}*"):
        file.unlink()
    shutil.rmtree(settings.published / CANDIDATE, ignore_errors=True)


def _old_secret(settings: Settings) -> Secret:
    if settings.secret is None:
        return load_secret(settings)
    if settings.secret_before is None:
        raise CrossvoiceError(
            "Re-keying needs the old secret beside the new one.",
            where="CROSSVOICE_SECRET_BEFORE",
            mend="set CROSSVOICE_SECRET to the new one and, for this command only, "
            "CROSSVOICE_SECRET_BEFORE to the one used so far",
        )
    return load_secret(replace(settings, secret=settings.secret_before))


def _refuse_to_lose_erasures(settings: Settings, drop_erasures: bool) -> None:
    path = settings.keep / LIST_FILE
    if not path.exists():
        return
    if not drop_erasures:
        raise CrossvoiceError(
            "Severing would forget who was erased: their keys cannot be made again from the list.",
            where=str(path),
            mend="remove these people from the source files, then add --drop-erasures. To keep the "
            f"list, re-key instead (it needs the secret in {settings.keep / SECRET_FILE})",
        )
    path.unlink()
