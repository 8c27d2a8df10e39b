"""`crossvoice forget`: removes people from everything that is kept, and makes it again.

What belongs here: what is asked and what is told. What does not: how (pipelines.forgetting).
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import click

from pipelines.cli.run import run_program
from pipelines.errors import CrossvoiceError
from pipelines.forgetting import forget, read_identifiers
from pipelines.privacy.kept_records import remove_other_records
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.reading import read_program
from pipelines.publishing.layout import RELEASES
from pipelines.run_start import alone
from pipelines.settings import Settings, load_settings


def forget_people(program: str | None, who: str, *, remove_releases: bool, later: bool) -> int:
    """Erase the people `who` names: `kind:identifier`, a file of them, or - for standard input.

    Then what was released is made again without them, unless that is left for `later`. The exit
    code is that of this run; the erasure stands however it ends.
    """
    settings = load_settings(program)
    declared = read_program(settings.program_folder)
    identifiers = read_identifiers(_text(who), declared)
    with alone(settings) as secret:
        pseudonyms = Pseudonymizer(secret, declared.org.identifiers)
        erased = forget(identifiers, settings, pseudonyms)
        releases = _releases(settings)
        if remove_releases:
            shutil.rmtree(settings.published, ignore_errors=True)
            remove_other_records(settings, ())
    click.echo(f"Forgotten: {len(identifiers)} identifiers. Rows erased from landing:")
    for source, rows in erased.items():
        click.echo(f"  {source:24} {rows:,}")
    if not erased:
        click.echo("  none: no landed row was theirs; later pulls will leave them out")
    if remove_releases:
        click.echo(f"{len(releases)} releases removed: nothing is published until the next run.")
    elif releases:
        click.echo("Earlier releases hold cells, estimates and comments made with them:")
        for release in releases:
            click.echo(f"  {release}")
        click.echo("  remove them by hand, or with --remove-releases")
    click.echo("The source files still name them: ask whoever keeps those to remove them too.")
    if later or not releases:
        click.echo("Release what is left: crossvoice run")
        return 0
    return run_program(program, force=False)


def _text(who: str) -> str:
    if who == "-":
        return sys.stdin.read()
    if not os.path.isfile(who):  # several lines are too long for the name of a file
        if ":" not in who and "," not in who:
            raise CrossvoiceError(
                "There is no file of this name, and it is no identifier.",
                mend="give kind:identifier, a file with one a line, or - for standard input",
            )
        return who
    try:
        return Path(who).read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise CrossvoiceError(
            "The file of identifiers is not UTF-8.", where=who, mend="save it as a text in UTF-8"
        ) from None


def _releases(settings: Settings) -> list[Path]:
    return sorted((settings.published / RELEASES).glob("*"))
