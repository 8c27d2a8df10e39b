"""What a source will do with its files, before it does: the columns, and what would be rejected.

What belongs here: a trial of the mapping on the beginning of each file, with keys nobody keeps.
What does not: how it is shown (cli.check). Nothing is landed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl

from pipelines.connectors.columns import addressable, find_columns
from pipelines.connectors.locations import named_files, texts_of_names, texts_of_sheet
from pipelines.connectors.mapping import RecordMapping
from pipelines.connectors.records import (
    RECORD_NUMBER,
    Records,
    open_records,
    without_records,
)  # fmt: skip
from pipelines.connectors.rejects import shapeless_rejects
from pipelines.connectors.unreadable import ANY_FAULT, why_unread
from pipelines.errors import SourceError
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.secret import Secret, new_link
from pipelines.program.model import Program
from pipelines.program.source import Source
from pipelines.settings import Settings

TRIAL_RECORDS = 5_000
"""Records of each file that are tried."""


@dataclass
class Preview:
    """One source as it would be read."""

    source: Source
    n_files: int = 0
    header: list[str] = field(default_factory=list)
    """Columns of the first file, as they are addressed."""
    found: dict[str, str] = field(default_factory=dict)
    """Column the program names -> column of the first file."""
    sample: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Records of the first file, all columns."""
    typed: bool = False
    n_tried: int = 0
    is_whole: bool = True
    n_rows: int = 0
    rows_of: dict[str, int] = field(default_factory=dict)
    """Rows that would be kept of each file, by its name."""
    rejects: pl.DataFrame = field(default_factory=pl.DataFrame)
    """Rejects of the trial in their order, with the name of their file as `input` and the place of
    their table in `tables`."""
    tables: list[Records] = field(default_factory=list)
    guesses: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    """Why files cannot be read, a text for each."""


def preview(source: Source, program: Program, settings: Settings) -> Preview:
    """Try the mapping of a source on each of its files; one that cannot be read stops no other.

    Raises SourceError when there are no files.
    """
    found = Preview(source)
    pseudonyms = Pseudonymizer(Secret((new_link(),)), program.org.identifiers)
    rejects: list[pl.DataFrame] = []
    for name, path in named_files(source, settings).items():
        found.n_files += 1
        n_before = found.n_rows
        try:
            tried = _try_file(found, program, pseudonyms, name, path)
        except ANY_FAULT as error:
            found.problems.append(why_unread(source, path, error).text())
        else:
            rejects += [one.with_columns(pl.lit(name).alias("input")) for one in tried]
            found.rows_of[name] = found.n_rows - n_before
    if rejects:
        found.rejects = pl.concat(rejects).sort("table", "record_number", maintain_order=True)
    return found


def _try_file(
    found: Preview, program: Program, pseudonyms: Pseudonymizer, name: str, path: Path
) -> list[pl.DataFrame]:
    """Rejects of the beginning of each table of a file."""
    source, n_before = found.source, found.n_tried
    rejects: list[pl.DataFrame] = []
    for records in open_records(source, path):
        mapping = RecordMapping(
            source.model_copy(update={"comment": None}),  # nothing is kept: nothing to redact
            find_columns(source, records.header, records.where), program.time_zone,
            pseudonyms, records.has_typed_dates,
            texts_of_names(source, name, records.inside)
            | texts_of_sheet(source, records.sheet), ids_begin=name,
        )  # fmt: skip
        if not found.header:
            found.header, found.found = addressable(records.header), mapping.found
            found.typed = records.has_typed_dates
            found.sample = pl.DataFrame(schema=dict.fromkeys(found.header, pl.String))
        place = pl.lit(len(found.tables)).alias("table")
        rejects += [r.with_columns(place) for r in _tried(found, records, mapping, path)]
        found.tables.append(replace(records, read=lambda places: iter(())))  # not its cells
    if found.n_tried == n_before:
        raise without_records(source.name, path)
    return rejects


def _tried(found: Preview, records: Records, mapping: RecordMapping, path: Path) -> list:
    """Rejects of the beginning of one table; counts what was tried."""
    rejects, n, n_rows, last = [], 0, 0, 0
    footnotes = bool(found.source.footnotes)
    wanted = (
        addressable(records.header) if found.sample.is_empty() else list(mapping.found.values())
    )
    for batch in records.batches(wanted, first_cell=footnotes):
        part = batch.head(TRIAL_RECORDS - n)
        found.is_whole &= part.height == batch.height
        if found.sample.is_empty() and part.height:
            found.sample = part.select(addressable(records.header))
        try:
            mapped = mapping.apply(part)
        except SourceError as error:
            raise SourceError(error.what, where=str(path), mend=error.mend) from None
        rejects.append(mapped.rejects)
        n_rows += mapped.rows.height
        n += part.height
        last = int(part[RECORD_NUMBER].max() or last)
        if n >= TRIAL_RECORDS:
            found.is_whole = False
            break
    for reason, numbers in records.shapeless.items():
        met = [number for number in numbers if found.is_whole or number <= last]
        if met:
            rejects.append(shapeless_rejects(met, reason))
            n += len(met)
    found.n_tried += n
    found.n_rows += n_rows
    found.guesses += [guess for guess in records.guesses if guess not in found.guesses]
    return rejects
