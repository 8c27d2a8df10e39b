"""`crossvoice check`: what will become of every column and record, before anything runs."""

from __future__ import annotations

import shutil
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipelines import warehouse
from pipelines.cli.check_source import show_source, would_stop
from pipelines.cli.demo import require_company
from pipelines.connectors.preview import preview
from pipelines.connectors.unreadable import ANY_FAULT, why_unread
from pipelines.errors import CrossvoiceError
from pipelines.idle_aliases import idle_aliases
from pipelines.program.aliases import read_aliases
from pipelines.program.model import Program
from pipelines.program.open_questions import OpenQuestion, in_number, questions_of
from pipelines.program.reading import FILE_NAME, read_program
from pipelines.program.source import Source
from pipelines.run_lock import lock_holder
from pipelines.settings import Settings, load_settings

WIDTH = 80


def check_program(program: str | None) -> None:
    """Print what each source will do; raises CrossvoiceError naming everything that is wrong."""
    settings = load_settings(program)
    require_company(settings)
    declared = read_program(settings.program_folder)
    console = Console(width=min(100, max(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)),
                      highlight=False)  # fmt: skip
    console.print(f"[bold]{declared.title}[/bold]: {FILE_NAME} is well formed")
    problems = _labels_of_no_text(declared)
    for source in declared.sources:
        problems += _look(console, source, declared, settings)
    where = settings.program_folder / FILE_NAME
    asked = questions_of(settings.program_folder)
    mend = "correct `items` of the metric, or the `columns` and `item` of the source's `values`"
    problems += [
        f"{problem}\n  where: {where}\n  mend:  {mend}" for problem in _items_nobody_reads(declared)
    ]
    idle: list[str] = []
    try:
        idle = _idle_aliases(declared, settings)
    except CrossvoiceError as error:
        problems.append(error.text())
    if not problems:
        _show_questions(console, declared)
    for line in idle:
        text = f"  [yellow]by the units of the last run[/yellow]: {escape(line)}"
        console.print(text, soft_wrap=True)
    _show_open(console, asked, where)
    if problems:
        raise CrossvoiceError("\n\n".join(problems))


def _look(console: Console, source: Source, declared: Program, settings: Settings) -> list[str]:
    """Print what a source will do; returns why a run would stop at it."""
    try:
        found = preview(source, declared, settings)
        if found.n_tried or not found.problems:
            show_source(console, found)
            return found.problems or would_stop(found)
        problems = found.problems
    except ANY_FAULT as error:
        problems = [why_unread(source, str(source.location), error).text()]
    console.print(f"\n[bold]{source.name}[/bold] [red]cannot be read[/red]")
    return problems


def _labels_of_no_text(declared: Program) -> list[str]:
    from pipelines.report.catalogue import Catalogue  # noqa: PLC0415 - a quarter of a second

    try:
        Catalogue(declared.report.language, declared.report.labels)
    except CrossvoiceError as error:
        return [error.text()]
    return []


def _items_nobody_reads(declared: Program) -> list[str]:
    """Metrics whose items no source brings."""
    known = {rule.item_of(column) for s in declared.sources for rule in s.values
             for column in rule.columns}  # fmt: skip
    return [
        f"metric {metric.id}: no source has the item{'s' if len(absent) > 1 else ''} "
        f"{', '.join(absent)}; items read: {', '.join(sorted(known)) or 'none'}"
        for metric in declared.metrics
        if (absent := [item for item in metric.items if item not in known])
    ]


def _show_questions(console: Console, declared: Program) -> None:
    console.print()
    if declared.org.unit == "location":
        for name in _unweighted(declared):
            need = "scores of several teams of one location need n_respondents to be joined"
            console.print(f"  [yellow]{name}[/yellow]: {need}", soft_wrap=True)
    units = "locations" if declared.org.unit == "location" else "teams in their locations"
    adopted = declared.org.unknown_references == "adopt"
    unlisted = "is one too" if adopted else "is counted as unmatched"
    console.print(f"units: {units}; a name that is on no list {unlisted}")
    if declared.linkage is None:
        console.print("no question declared: scores will be published without estimates")
        return
    primary = declared.linkage.primary
    console.print(f"primary question: {primary.x} x {primary.y}, window {primary.window}")
    for pair in declared.linkage.pairs:
        console.print(f"further question: {pair.pair_id}")


def _unweighted(declared: Program) -> list[str]:
    """Sources of teams' scores that do not tell how many answers are behind them."""
    return [
        source.name for source in declared.sources
        if source.table == "unit_scores" and "team_ref" in source.columns
        and "n_respondents" not in source.columns
        and not any(rule.distribution for rule in source.values)
    ]  # fmt: skip


def _idle_aliases(declared: Program, settings: Settings) -> list[str]:
    """Aliases that would map nothing; reading them finds the mistakes of the file itself."""
    approved = read_aliases(settings.program_folder)
    if not settings.warehouse.exists() or lock_holder(settings.lock) is not None:
        return []
    with warehouse.connect(settings.warehouse) as con:
        return idle_aliases(con, approved, declared)


def _show_open(console: Console, asked: list[OpenQuestion], file: Path) -> None:
    """What the program still asks, with the lines to answer and take out."""
    if asked:
        console.print(f"\n[yellow]{in_number(asked)} to answer[/yellow] in {file}:", soft_wrap=True)
    for question in asked:
        told = f"  {FILE_NAME}:{question.line}: {question.text}"
        console.print(told, soft_wrap=True, markup=False)
