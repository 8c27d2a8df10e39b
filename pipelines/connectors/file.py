"""The `file` connector: pulls CSV, TSV, XLSX and Parquet files into landed batches.

What belongs here: which files are new, and the pull of one file. What does not: the formats
(connectors.records), the mapping (connectors.mapping) and the layout of batches (landing).
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from pipelines import landing
from pipelines.batch_writer import BatchWriter
from pipelines.connectors.columns import find_columns
from pipelines.connectors.locations import named_files
from pipelines.connectors.mapping import RecordMapping
from pipelines.connectors.records import Records, not_accessible, open_records
from pipelines.connectors.rejects import malformed_rejects
from pipelines.contract import COMMENTS, SOURCE_TABLES
from pipelines.errors import CrossvoiceError, SourceError
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.model import Program
from pipelines.program.source import Source
from pipelines.settings import Settings

MAPPING_CODE_VERSION = 2
"""Raise when a change of the mapping code changes the rows it makes."""
MALFORMED_AT_ONCE = 100_000
"""Malformed records noted before they are written out."""
WATERMARKS = ("occurred_at", "answered_at", "valid_from", "invited_date", "effective_date")


@dataclass
class PullResult:
    """What a pull of one source did."""

    source: str
    n_inputs: int = 0
    n_new: int = 0
    manifests: list[landing.Manifest] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def total(self, count: str) -> int:
        """Sum of one count of the manifests in use."""
        return sum(getattr(m, count) for m in self.manifests)


@dataclass(frozen=True)
class _Pull:
    """One pull of one source: everything that is the same for all its files."""

    source: Source
    program: Program
    settings: Settings
    pseudonyms: Pseudonymizer

    @property
    def version(self) -> str:
        return mapping_version(self.source, self.program, self.pseudonyms)


def mapping_version(source: Source, program: Program, pseudonyms: Pseudonymizer) -> str:
    """Hash of everything beside a file's content that changes the rows it becomes."""
    rules = source.model_dump(mode="json", exclude={"location", "required", "max_rejected_share"})
    identifiers = {k: v.model_dump() for k, v in sorted(program.org.identifiers.items())}
    text = json.dumps(
        [MAPPING_CODE_VERSION, rules, program.time_zone, identifiers, pseudonyms.secret_id]
    )
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pull(
    source: Source, program: Program, settings: Settings, pseudonyms: Pseudonymizer
) -> PullResult:
    """Land every new or changed file of a source.

    A file that cannot be used leaves its earlier batch in place; the others are landed. A file
    that is gone keeps the batch it left. Raises SourceError naming all that is wrong once the
    rest is done. The state of the source says from then on whether it is stale.
    """
    this = _Pull(source, program, settings, pseudonyms)
    result = PullResult(source.name)
    state = landing.read_state(settings.landing, source.name)
    try:
        files = named_files(source, settings)
    except CrossvoiceError as error:
        files = {}
        result.problems.append(error.text())
    result.n_inputs = len(files)
    for name, path in files.items():
        try:
            state.inputs[name], is_new = _pull_file(this, name, path, state.inputs.get(name))
            result.n_new += is_new
        except CrossvoiceError as error:
            result.problems.append(error.text())
        except OSError as error:
            result.problems.append(not_accessible(source.name, path, error).text())
    result.manifests = landing.batches_of(settings.landing, source.name, state)
    if result.manifests and result.total("rows_filtered") == result.total("rows_read"):
        result.problems.append(_nothing_kept(source, result).text())
    state.is_stale = bool(result.problems)
    landing.write_state(settings.landing, source.name, state)
    if result.problems:
        raise SourceError("\n".join(result.problems))
    return result


def _pull_file(
    this: _Pull, name: str, path: Path, known: landing.InputState | None
) -> tuple[landing.InputState, bool]:
    """The input's state after its batch has been landed, and whether it was new."""
    folder, source = this.settings.landing, this.source
    look = landing.look_at(path, known)
    batch = landing.batch_id(look.content_hash, this.version)
    is_new = landing.read_manifest(folder, source.name, batch) is None
    if is_new:
        _land(this, name, path, look, batch)
    _refuse_if_too_many_rejects(this, path, batch)
    return landing.InputState(batch, look), is_new


def _land(this: _Pull, name: str, path: Path, look: landing.FileLook, batch: str) -> None:
    source = this.source
    records = open_records(source, path)
    found = find_columns(source, records.header, str(path))
    mapping = RecordMapping(
        source, found, this.program.time_zone, this.pseudonyms, records.has_typed_dates
    )
    with landing.new_batch(this.settings.landing, source.name, batch) as folder:
        with BatchWriter(folder, source.name, batch, name, source.table) as writer:
            watermark = _write(records, mapping, writer)
        if writer.rows_read == 0:
            raise SourceError(
                f"Source {source.name} has a file without records.",
                where=str(path),
                mend="export it again, or take it out of `location`",
            )
        if not landing.look_at(path, landing.InputState(batch, look)).is_same_file(look):
            raise SourceError(
                f"Source {source.name} has a file that changed while it was read.",
                where=str(path),
                mend="run again when whatever writes it has finished",
            )
        landing.write_manifest(
            folder,
            landing.Manifest(
                source=source.name,
                batch=batch,
                input=name,
                contract_table=source.table,
                content_hash=look.content_hash,
                mapping_version=this.version,
                columns_fingerprint=_columns_fingerprint(records.header),
                rows_read=writer.rows_read,
                rows_kept=writer.rows_kept,
                rows_rejected=writer.rows_rejected,
                rows_filtered=writer.rows_filtered,
                watermark=watermark,
            ),
        )


def _write(records: Records, mapping: RecordMapping, writer: BatchWriter) -> str | None:
    """Write the rows a file becomes; returns its newest event."""
    newest: str | None = None
    column = next((c for c in WATERMARKS if c in mapping.source.columns), None)
    no_rows = pl.DataFrame(schema=SOURCE_TABLES[writer.table].schema)
    no_comments = pl.DataFrame(schema=COMMENTS.schema)
    for batch in records.batches(list(mapping.found.values())):
        if batch.height:
            mapped = mapping.apply(batch)
            writer.add(mapped.rows, mapped.comments, mapped.rejects, mapped.n_read)
            top = mapped.rows[column].max() if column and mapped.rows.height else None
            newest = max(filter(None, (newest, str(top) if top else None)), default=None)
        if len(records.malformed) > MALFORMED_AT_ONCE:
            _add_malformed(records, writer, no_rows, no_comments)
    _add_malformed(records, writer, no_rows, no_comments)
    return newest


def _add_malformed(
    records: Records, writer: BatchWriter, rows: pl.DataFrame, comments: pl.DataFrame
) -> None:
    if records.malformed:
        rejects = malformed_rejects(records.malformed)
        writer.add(rows, comments, rejects, len(records.malformed))
        records.malformed.clear()


def _columns_fingerprint(header: list[str]) -> str:
    return hashlib.sha256(json.dumps(header).encode()).hexdigest()[:16]


def _nothing_kept(source: Source, result: PullResult) -> SourceError:
    """A filter that leaves nothing is a mistake, though each of its rejects is planned."""
    return SourceError(
        f"Source {source.name} keeps none of its {result.total('rows_read'):,} rows: "
        f"{result.total('rows_filtered'):,} are left out by its filters or blank.",
        where=str(source.location),
        mend="compare the texts under `filters` with the file",
    )


def _refuse_if_too_many_rejects(this: _Pull, path: Path, batch: str) -> None:
    source, settings = this.source, this.settings
    manifest = landing.read_manifest(settings.landing, source.name, batch)
    if manifest is None or manifest.unplanned_share <= source.max_rejected_share:
        return
    rejects_file = landing.batch_file(settings.landing, manifest, landing.REJECTS)
    reasons = (
        pl.scan_parquet(rejects_file)
        .filter(~pl.col("is_filtered"))
        .group_by("reason", "column_name")
        .agg(pl.col("n_rows").sum(), pl.col("record_number").min().alias("first"))
        .sort("n_rows", "first", descending=[True, False])
        .head(3)
        .collect()
    )
    shown = "; ".join(
        f"{r['n_rows']} x {r['reason']}"
        + (f" in column {r['column_name']!r}" if r["column_name"] else "")
        + f" (first: record {r['first']})"
        for r in reasons.iter_rows(named=True)
    )
    raise SourceError(
        f"Source {source.name} cannot use {manifest.unplanned_share:.1%} of the rows of a file; "
        f"its limit is {source.max_rejected_share:.1%}: {shown}.",
        where=str(path),
        mend=f"correct the file or the mapping, or raise `max_rejected_share`; "
        f"every reject is listed in {rejects_file}",
    )
