"""`crossvoice report`: where the current report is, or a report made anew from the current release.

What belongs here: finding a release and writing its report elsewhere. What does not: changing a
release; what was released stays as it was.
"""

from __future__ import annotations

import webbrowser
from pathlib import Path

import click

from pipelines.errors import CrossvoiceError
from pipelines.publishing.release import current_release
from pipelines.settings import load_settings


def show_report(program: str | None, audience: str, out: Path | None, *, browse: bool) -> None:
    """Print the path of the current report, or write it anew to `out`."""
    settings = load_settings(program)
    release = current_release(settings)
    if release is None:
        raise CrossvoiceError(
            "Nothing has been released yet.", where=str(settings.published),
            mend="crossvoice run",
        )  # fmt: skip
    from pipelines.report.release_pages import report_path, write_report  # noqa: PLC0415

    path = report_path(release, audience)
    if out is not None:
        from pipelines.program.reading import read_program  # noqa: PLC0415

        report = read_program(settings.program_folder).report
        path = write_report(release, audience, report.language, report.labels, out)
    click.echo(path)
    if browse:
        webbrowser.open(path.resolve().as_uri())
