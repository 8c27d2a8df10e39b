"""Landing one file: its records mapped, and its batch made visible.

What belongs here: the pull of one file. What does not: which files are new and how many rejects
are too many (connectors.file), the formats (records), the mapping and the layout of batches.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from pipelines import landing
from pipelines.batch_writer import BatchWriter
from pipelines.connectors.columns import find_columns
from pipelines.connectors.in_step import InStep
from pipelines.connectors.locations import texts_of_names, texts_of_sheet
from pipelines.connectors.mapping import RecordMapping
from pipelines.connectors.records import (
    RECORD_NUMBER,
    Records,
    open_records,
    without_records,
)  # fmt: skip
from pipelines.connectors.rejects import shapeless_rejects
from pipelines.contract import COMMENTS, SOURCE_TABLES
from pipelines.errors import SourceError

MALFORMED_AT_ONCE = 100_000
"""Malformed records noted before they are written out."""
WATERMARKS = ("occurred_at", "answered_at", "valid_from", "invited_date", "effective_date")


@dataclass(frozen=True)
class Input:
    """One file to land."""

    name: str
    path: Path
    look: landing.FileLook
    batch: str
    from_name: str = ""
    """What the file's name tells of its rows."""

    @property
    def ids_begin(self) -> str:
        """What ids of records without one begin with: the content, never the name.

        Names are passed on (export.csv becomes export_1.csv when the next export comes), so ids of
        the name would make one record of two. Files of one content are one input, unless their
        names tell of different rows.
        """
        return landing.batch_id(self.look.content_hash, self.from_name)


def land(this: InStep, version: str, new: Input) -> list[str]:
    """Land one file; returns what was guessed of it."""
    source = this.source
    opened = open_records(source, new.path)
    mappings = [_mapping(this, new, records) for records in opened]
    with landing.new_batch(this.settings.landing, source.name, new.batch) as folder:
        identity = (source.name, new.batch, new.name, source.table)
        with BatchWriter(folder, *identity, this.without) as writer:
            watermark = _write_all(opened, mappings, writer)
        if writer.rows_read == 0:
            raise without_records(source.name, new.path)
        if not landing.look_at(new.path, landing.InputState(new.batch, new.look)).is_same_file(
            new.look
        ):
            raise SourceError(
                f"Source {source.name} has a file that changed while it was read.",
                where=str(new.path),
                mend="run again when whatever writes it has finished",
            )
        landing.write_manifest(folder, _manifest(this, version, new, opened, writer, watermark))
    return [guess for records in opened for guess in records.guesses]


def _mapping(this: InStep, new: Input, records: Records) -> RecordMapping:
    """What makes rows of the records of one table of the file."""
    source = this.source
    texts = texts_of_names(source, new.name, records.inside) | texts_of_sheet(source, records.sheet)
    return RecordMapping(
        source,
        find_columns(source, records.header, records.where),
        this.program.time_zone,
        this.pseudonyms,
        records.has_typed_dates,
        texts,
        this.redactor,
        new.ids_begin,
        records.question_texts,
    )


def _manifest(
    this: InStep, version: str, new: Input, opened: list[Records], writer: BatchWriter,
    watermark: str | None,
) -> landing.Manifest:  # fmt: skip
    """What is kept of the batch beside its rows."""
    return landing.Manifest(
        source=this.source.name,
        batch=new.batch,
        input=new.name,
        contract_table=this.source.table,
        content_hash=new.look.content_hash,
        mapping_version=version,
        columns_fingerprint=_columns_fingerprint([r.header for r in opened]),
        rows_read=writer.rows_read,
        rows_kept=writer.rows_kept,
        rows_rejected=writer.rows_rejected,
        rows_filtered=writer.rows_filtered,
        watermark=watermark,
        rows_erased=writer.rows_erased,
        secret_id=this.pseudonyms.secret.id,
        erased_under=this.erased_under,
        redacted_under=this.upkeep.redaction_id if writer.has_comments else "",
    )


def _write_all(
    opened: list[Records], mappings: list[RecordMapping], writer: BatchWriter
) -> str | None:
    """Write the rows of all tables of a file, counting their records on; its newest event."""
    newest, n_before = None, 0
    for records, mapping in zip(opened, mappings, strict=True):
        top, n_before = _write(records, mapping, writer, n_before)
        newest = max(filter(None, (newest, top)), default=None)
    return newest


def _write(
    records: Records, mapping: RecordMapping, writer: BatchWriter, n_before: int = 0
) -> tuple[str | None, int]:
    """Write the rows a table becomes; returns its newest event and the last record's number."""
    newest: str | None = None
    last = n_before
    column = next((c for c in WATERMARKS if c in mapping.source.columns), None)
    footnotes = bool(mapping.source.footnotes)
    for batch in records.batches(list(mapping.found.values()), first_cell=footnotes):
        if batch.height:
            batch = batch.with_columns(pl.col(RECORD_NUMBER) + n_before)
            last = max(last, int(batch[RECORD_NUMBER].max()))
            try:
                mapped = mapping.apply(batch)
            except SourceError as error:
                raise SourceError(error.what, where=records.where, mend=error.mend) from None
            writer.add(mapped.rows, mapped.comments, mapped.rejects, mapped.n_read)
            writer.add_names(mapped.name_keys)
            top = mapped.rows[column].max() if column and mapped.rows.height else None
            newest = max(filter(None, (newest, str(top) if top else None)), default=None)
        if len(records.malformed) > MALFORMED_AT_ONCE:
            last = _add_shapeless(records, writer, n_before, last)
    return newest, _add_shapeless(records, writer, n_before, last)


def _add_shapeless(records: Records, writer: BatchWriter, n_before: int, last: int) -> int:
    """Reject the records without a shape met so far; returns the last record's number."""
    no_rows = pl.DataFrame(schema=SOURCE_TABLES[writer.table].schema)
    for reason, numbers in records.shapeless.items():
        if numbers:
            counted = [number + n_before for number in numbers]
            rejects = shapeless_rejects(counted, reason)
            writer.add(no_rows, pl.DataFrame(schema=COMMENTS.schema), rejects, len(numbers))
            last = max(last, counted[-1])
            numbers.clear()
    return last


def _columns_fingerprint(headers: list[list[str]]) -> str:
    distinct = list(dict.fromkeys(map(tuple, headers)))
    shown = distinct[0] if len(distinct) == 1 else distinct
    return hashlib.sha256(json.dumps(shown).encode()).hexdigest()[:16]
