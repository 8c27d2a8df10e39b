"""`crossvoice audit`: the attacker at the terminal."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.audit.report import audit_release
from pipelines.errors import CrossvoiceError
from pipelines.publishing.layout import CANDIDATE, PUBLICATION, RELEASES
from pipelines.publishing.release import current_release
from pipelines.settings import load_settings


def audit_program(program: str | None, folder: Path | None) -> int:
    """Attack a release and print what was found; exit code 1 with findings."""
    settings = load_settings(program)
    candidate = settings.published / CANDIDATE
    if folder is None:
        folder = candidate if (candidate / PUBLICATION).exists() else current_release(settings)
    if folder is None or not (folder / PUBLICATION).exists():
        raise CrossvoiceError(
            "There is no release to attack.",
            where=str(folder or settings.published),
            mend="crossvoice run, or name the folder of a release",
        )
    audit = audit_release(folder.resolve(), settings.published / RELEASES)
    click.echo(audit.text)
    return 1 if audit.findings else 0
