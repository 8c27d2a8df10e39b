"""`crossvoice demo`: generate the made-up company where the demo program looks for it."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.errors import CrossvoiceError
from pipelines.settings import DEFAULT_PROGRAM, PROJECT_ROOT, Settings, load_settings


def require_company(settings: Settings) -> None:
    """Raise CrossvoiceError where the demo program has nothing to read: its files are generated."""
    folder = settings.home / "company"
    is_demo = settings.program_folder == PROJECT_ROOT / "programs" / DEFAULT_PROGRAM
    if is_demo and not folder.is_dir():
        raise CrossvoiceError(
            "The made-up company of the demo is not there.",
            where=str(folder),
            mend="generate it with `crossvoice demo`, or name a program of your own: "
            "`--program FOLDER`",
        )


def generate_company(
    out: Path | None,
    seed: int,
    feedback_rows: int | None,
    survey_rows: int | None,
    *,
    if_missing: bool,
) -> None:
    """Write the company's files, or leave them when they are there and `if_missing` is set."""
    folder = out or load_settings("demo").home / "company"
    if if_missing and folder.is_dir():
        return
    from pipelines.demo import generate  # noqa: PLC0415 - imports the data libraries

    sizes = {"feedback_rows": feedback_rows, "survey_rows": survey_rows}
    try:
        summary = generate(folder, seed=seed, **sizes)
    except ValueError as error:
        raise CrossvoiceError(
            f"{error}.",
            mend="ask for more rows, or use `python -m pipelines.demo` with fewer teams",
        ) from None
    click.echo(summary.sentence())
