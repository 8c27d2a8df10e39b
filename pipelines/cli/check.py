"""`crossvoice check`: what will become of every column and record, before anything runs."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import polars as pl
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from pipelines import warehouse
from pipelines.connectors.preview import Preview, preview
from pipelines.connectors.records import told
from pipelines.connectors.unreadable import ANY_FAULT, why_unread
from pipelines.contract import REJECT_REASONS, SOURCE_TABLES
from pipelines.errors import CrossvoiceError
from pipelines.idle_aliases import idle_aliases
from pipelines.inspection.profile import Profile, profile
from pipelines.program.aliases import read_aliases
from pipelines.program.model import Program
from pipelines.program.open_questions import OpenQuestion, in_number, questions_of
from pipelines.program.reading import FILE_NAME, read_program
from pipelines.program.rules import ColumnMapping, ValueRule
from pipelines.program.source import Source
from pipelines.run_lock import lock_holder
from pipelines.settings import Settings, load_settings

FIRST_REJECTS = 5
ALIKE_SHOWN = 8
"""Lines for columns of answers that are read alike."""
WIDTH = 80


def check_program(program: str | None) -> None:
    """Print what each source will do; raises CrossvoiceError naming everything that is wrong."""
    settings = load_settings(program)
    declared = read_program(settings.program_folder)
    console = Console(width=min(100, max(WIDTH, shutil.get_terminal_size((WIDTH, 24)).columns)),
                      highlight=False)  # fmt: skip
    console.print(f"[bold]{declared.title}[/bold]: {FILE_NAME} is well formed")
    problems = _labels_of_no_text(declared)
    for source in declared.sources:
        problems += _look(console, source, declared, settings)
    where = settings.program_folder / FILE_NAME
    asked = questions_of(settings.program_folder)
    problems += [f"{problem}\n  where: {where}" for problem in _items_nobody_reads(declared)]
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
            _show(console, found)
            return found.problems or _would_stop(found)
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


def _show(console: Console, found: Preview) -> None:
    source = found.source
    files = f"{found.n_files} file{'s' if found.n_files != 1 else ''}"
    console.print(f"\n[bold]{source.name}[/bold]: {files} -> {source.table}")
    for guess in found.guesses:
        console.print(f"  [yellow]guessed[/yellow]: {guess}")
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1), show_edge=False)
    table.add_column("column", ratio=4, overflow="fold")
    table.add_column("used as", ratio=4, overflow="fold")
    table.add_column("read as", ratio=3, overflow="fold")
    table.add_column("holds", ratio=3, overflow="fold")
    profiles = {name: profile(name, found.sample[name], typed=found.typed)
                for name in found.found.values()}  # fmt: skip
    told = [(column, use, how, _holds(profiles, found, column, use))
            for column, use, how in _uses(source)]  # fmt: skip
    for column, use, how, holds in _without_repetition(told):
        table.add_row(Text(column[:60]), Text(use), Text(how), Text(holds))
    console.print(table)
    unused = [name for name in found.header if name not in set(found.found.values())]
    if unused:
        shown = ", ".join(name.strip()[:30] for name in unused[:8])
        more = f" and {len(unused) - 8} more" if len(unused) > 8 else ""
        console.print(Text(f"  ignored: {shown}{more}"))
    if source.missing or source.suppressed:
        codes = [*source.missing, *(f"{code} (withheld)" for code in source.suppressed)]
        console.print(Text(f"  no answer: {', '.join(codes)}"))
    _show_trial(console, found)


def _without_repetition(rows: list[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """The rows, with long runs of answers that are read alike and hold the like told once."""
    for (is_item, *_), run in groupby(
        rows, key=lambda row: (row[1].startswith("item "), *row[2:])
    ):
        alike = list(run)
        if not is_item or len(alike) <= ALIKE_SHOWN:
            yield from alike
            continue
        yield from alike[: ALIKE_SHOWN - 2]
        yield (f"... {len(alike) - ALIKE_SHOWN + 1} more", "items likewise", "", "")
        yield alike[-1]


def _uses(source: Source) -> Iterator[tuple[str, str, str]]:
    """Column, what it is used as, and how it is read."""
    table = SOURCE_TABLES[source.table]
    for name, mapping in source.columns.items():
        yield _origin(mapping), name, _how(mapping, table.mapped[name].kind)
    for rule in source.values:
        for column in rule.columns:
            yield column, f"item {rule.item_of(column)}", _how_scored(rule)
    for identifier in source.identifiers:
        yield identifier.column, f"identifier {identifier.id_type}", "hashed"
    for rule in source.filters:
        texts = rule.keep or rule.drop or [rule.keep_matching or rule.drop_matching or ""]
        side = "kept" if rule.keep or rule.keep_matching else "left out"
        yield rule.column, "filter", f"{side}: {', '.join(texts)[:40]}"
    if source.comment:
        yield source.comment, "comment", "free text"


def _origin(mapping: ColumnMapping) -> str:
    if mapping.column is not None:
        return mapping.column
    if mapping.record_number:
        return "(record number)"
    for origin, name in (("file", mapping.file_name), ("sheet", mapping.sheet_name),
                         ("column", mapping.column_name)):  # fmt: skip
        if name:
            return f"(the {origin}'s name)"
    return f"(always {mapping.value})"


def _how(mapping: ColumnMapping, kind: str) -> str:
    parts = [f"hashed {mapping.id_type}" if kind == "key" else mapping.each or kind]
    if mapping.formats:
        parts.append(" or ".join(mapping.formats))
    elif (kind in ("date", "timestamp") or mapping.each) and mapping.column:
        parts.append("ISO 8601")
    if mapping.language:
        parts.append(f"months in {mapping.language}")
    if mapping.recode:
        parts.append(f"{len(mapping.recode)} codes")
    return ", ".join(parts)


def _how_scored(rule: ValueRule) -> str:
    parts = [f"{rule.scale.min:g} to {rule.scale.max:g}"]
    if rule.voice:
        parts.append(rule.voice)
    if rule.direction == "lower":
        parts.append("low is good")
    if rule.recode:
        parts.append(f"{len(rule.recode)} labels")
    for column, texts in (rule.when or {}).items():
        parts.append(f"where {column} is {texts if isinstance(texts, str) else ' or '.join(texts)}")
    return ", ".join(parts)


def _holds(profiles: dict[str, Profile], found: Preview, column: str, use: str) -> str:
    """What a column holds, in classes: never a value of a person."""
    name = found.found.get(column)
    if column.startswith("(") and name is None:
        return ""
    if name is None:
        return "not in the first file"
    about = profiles[name]
    if use.endswith("_key") or use.startswith("identifier") or use == "comment":
        blank = 1 - about.n_filled / max(1, about.n)
        return f"{about.n_distinct:,} distinct" + (f", {blank:.0%} blank" if blank else "")
    return about.in_words()


def _would_stop(found: Preview) -> list[str]:
    """Why a run would stop at this source, though its files can be read."""
    source, unplanned = found.source, 0
    if found.rejects.height:
        unplanned = int(found.rejects.filter(~pl.col("is_filtered"))["n_rows"].sum())
    share = unplanned / max(1, found.n_rows + unplanned)
    if share > source.max_rejected_share:
        limit = f"its limit is {source.max_rejected_share:.1%}"
        what = f"rejects {share:.1%} of the rows tried, {limit}"
        mend = "correct the mapping by the reasons above, or raise `max_rejected_share`"
    elif not found.n_rows and found.is_whole:
        what = "keeps no row of its records"
        mend = "look at its filters, and at the reasons above"
    else:
        return []
    return [f"Source {source.name} would stop a run: it {what}.\n  mend:  {mend}"]


def _show_trial(console: Console, found: Preview) -> None:
    """How many rows the records make, and the first rejects with their reasons."""
    tried = f"{'all' if found.is_whole else 'the first'} {found.n_tried:,} records"
    planned = unplanned = 0
    if found.rejects.height:
        planned = int(found.rejects.filter("is_filtered")["n_rows"].sum())
        unplanned = int(found.rejects.filter(~pl.col("is_filtered"))["n_rows"].sum())
    console.print(
        f"  {tried}: {found.n_rows:,} rows kept, {planned:,} left out, "
        + (f"[red]{unplanned:,} rejected[/red]" if unplanned else "0 rejected")
    )
    if found.problems:
        files = f"{len(found.problems)} of {found.n_files} files"
        console.print(f"  [red]{files} cannot be read[/red]: see below")
    if unplanned:
        for line in _first_rejects(found):
            console.print(Text(line))


def _first_rejects(found: Preview) -> Iterator[str]:
    """One line per column and reason, the most frequent first: never a value."""
    kinds = (
        found.rejects.filter(~pl.col("is_filtered"))
        .group_by("reason", "column_name", "value_class")
        .agg(pl.col("n_rows").sum(), pl.col("record_number", "input", "table").first())
        .sort("n_rows", "column_name", "reason", descending=[True, False, False])
    )
    for row in kinds.head(FIRST_REJECTS).iter_rows(named=True):
        column = f"{row['column_name'].strip()!r}, " if row["column_name"] else ""
        where = told(found.tables[row["table"]], row["record_number"])
        where = f"{row['input']}: {where}" if found.n_files > 1 else where
        yield f"    {row['n_rows']:,} x {column}first {where} ({row['value_class']}):"
        yield f"      {REJECT_REASONS[row['reason']]}"


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


def _show_open(console: Console, asked: list[OpenQuestion], file: Path) -> None:
    """What the program still asks, with the lines to answer and take out."""
    if asked:
        console.print(f"\n[yellow]{in_number(asked)} to answer[/yellow] in {file}:", soft_wrap=True)
    for question in asked:
        told = f"  {FILE_NAME}:{question.line}: {question.text}"
        console.print(told, soft_wrap=True, markup=False)


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
