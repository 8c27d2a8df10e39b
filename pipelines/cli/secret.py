"""`crossvoice secret rotate`: another pseudonym secret.

What belongs here: what is told. What does not: how (pipelines.rotation).
"""

from __future__ import annotations

from typing import Literal

import click

from pipelines.privacy.secret import SECRET_FILE
from pipelines.rotation import rotate
from pipelines.run_lock import run_lock
from pipelines.settings import load_settings


def rotate_secret(
    program: str | None, mode: Literal["rekey", "sever"], *, drop_erasures: bool
) -> None:
    """Change the secret and every landed key."""
    settings = load_settings(program)
    with run_lock(settings.lock):
        rotate(settings, mode, drop_erasures=drop_erasures)
    where = "CROSSVOICE_SECRET" if settings.secret else str(settings.keep / SECRET_FILE)
    click.echo(f"The pseudonym secret has changed: {where}")
    click.echo(f"  Back up {settings.keep} now, and destroy the backups of before.")
    if mode == "sever":
        click.echo("  Nobody can join keys of before with keys from now on.")
    click.echo("Make the warehouse anew: crossvoice run --force")
