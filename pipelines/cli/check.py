"""`crossvoice check`: can this program run? Reads its YAML and the headers of its files."""

from __future__ import annotations

import click

from pipelines.connectors.columns import find_columns
from pipelines.connectors.locations import source_files
from pipelines.connectors.records import open_records
from pipelines.errors import CrossvoiceError
from pipelines.program.model import Program
from pipelines.program.reading import read_program
from pipelines.program.source import Source
from pipelines.settings import Settings, load_settings


def check_program(program: str | None) -> None:
    """Print what each source will read; raises CrossvoiceError naming everything that is wrong."""
    settings = load_settings(program)
    declared = read_program(settings.program_folder)
    click.echo(f"{declared.title}: program.yaml is well formed")
    problems = []
    for source in declared.sources:
        try:
            click.echo(_describe(source, settings))
        except CrossvoiceError as error:
            click.echo(f"  {source.name}: {click.style('cannot be read', fg='red')}")
            problems.append(error.text())
    if problems:
        raise CrossvoiceError(
            "\n".join(problems), where=str(settings.program_folder / "program.yaml")
        )
    _describe_questions(declared)


def _describe(source: Source, settings: Settings) -> str:
    files = source_files(source, settings)
    for path in files:
        for records in open_records(source, path):
            find_columns(source, records.header, records.where)
    count = f"{len(files)} file{'s' if len(files) != 1 else ''}"
    return f"  {source.name}: {count} -> {source.table}, all columns found"


def _describe_questions(declared: Program) -> None:
    if declared.linkage is None:
        click.echo("  no question declared: scores will be published without estimates")
        return
    primary = declared.linkage.primary
    click.echo(f"  primary question: {primary.x} x {primary.y}, window {primary.window}")
    for pair in declared.linkage.pairs:
        click.echo(f"  further question: {pair.pair_id}")
