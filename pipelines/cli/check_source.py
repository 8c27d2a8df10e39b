"""What a source will do: its columns, a sample of its records, and why a run would stop at it.

What belongs here: the words for one source. What does not: trying it (connectors.preview) and what
is asked of the program as a whole (cli.check).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

import polars as pl
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipelines.connectors.preview import Preview
from pipelines.connectors.records import told
from pipelines.contract import REJECT_REASONS, SOURCE_TABLES
from pipelines.inspection.profile import Profile, profile
from pipelines.program.rules import ColumnMapping, ValueRule
from pipelines.program.source import Source

FIRST_REJECTS = 5
ALIKE_SHOWN = 8
"""Lines for columns of answers that are read alike."""


def show_source(console: Console, found: Preview) -> None:
    """Print what becomes of each column, and of the records that were tried."""
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
    rows = [(column, use, how, _holds(profiles, found, column, use))
            for column, use, how in _uses(source)]  # fmt: skip
    for column, use, how, holds in _without_repetition(rows):
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
    source = found.source
    of_values = (code for rule in source.values for code in rule.missing)
    return about.in_words([*source.missing, *source.suppressed, *of_values])


def would_stop(found: Preview) -> list[str]:
    """Why a run would stop at this source, though its files can be read."""
    source, where = found.source, ""
    share, name = max(_rejected_shares(found), default=(0.0, ""))
    if share > source.max_rejected_share:
        where = f"\n  where: {name}" if found.n_files > 1 else ""
        limit = f"its limit is {source.max_rejected_share:.1%}"
        what = f"rejects {share:.1%} of the rows tried, {limit}"
        mend = "correct the mapping by the reasons above, or raise `max_rejected_share`"
    elif not found.n_rows and found.is_whole:
        what = "keeps no row of its records"
        mend = "look at its filters, and at the reasons above"
    else:
        return []
    return [f"Source {source.name} would stop a run: it {what}.{where}\n  mend:  {mend}"]


def _rejected_shares(found: Preview) -> Iterator[tuple[float, str]]:
    """The share of rows each file would lose unplanned: the limit holds for every one."""
    for name, n_kept in found.rows_of.items():
        n_lost = 0
        if found.rejects.height:
            of_file = found.rejects.filter(~pl.col("is_filtered"), pl.col("input") == name)
            n_lost = int(of_file["n_rows"].sum())
        yield n_lost / max(1, n_kept + n_lost), name


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
