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
from pipelines.connectors.columns import find_columns
from pipelines.connectors.locations import source_files
from pipelines.connectors.mapping import RecordMapping, malformed_rejects
from pipelines.connectors.records import open_records
from pipelines.contract import COMMENTS, SOURCE_TABLES
from pipelines.errors import CrossvoiceError, SourceError
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.model import Program
from pipelines.program.source import Source
from pipelines.settings import Settings

MAPPING_CODE_VERSION = 1
"""Raise when a change of the mapping code changes the rows it makes."""
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


def mapping_version(source: Source, program: Program) -> str:
    """Hash of everything in the program that changes the rows a file becomes."""
    rules = source.model_dump(
        mode="json", exclude={"location", "required", "max_rejected_share"}
    )
    identifiers = {k: v.model_dump() for k, v in sorted(program.org.identifiers.items())}
    text = json.dumps([MAPPING_CODE_VERSION, rules, program.time_zone, identifiers])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def pull(
    source: Source, program: Program, settings: Settings, pseudonyms: Pseudonymizer
) -> PullResult:
    """Land every new or changed file of a source.

    A file that cannot be used leaves its earlier batch in place; the others are landed. Raises
    SourceError naming all such files once the rest is done. The state of the source says from
    then on whether it is stale.
    """
    result = PullResult(source.name)
    state = landing.read_state(settings.landing, source.name)
    version = mapping_version(source, program)
    try:
        files = source_files(source, settings)
    except CrossvoiceError as error:
        files = []
        result.problems.append(error.text())
    result.n_inputs = len(files)
    for path in files:
        try:
            known = _input_state(path, state.inputs.get(path.name), version)
            if landing.read_manifest(settings.landing, source.name, known.batch) is None:
                _land(source, program, settings, pseudonyms, path, known, version)
                result.n_new += 1
            _refuse_if_too_many_rejects(source, settings, known.batch)
            state.inputs[path.name] = known
        except CrossvoiceError as error:
            result.problems.append(error.text())
    state.is_stale = bool(result.problems)
    landing.write_state(settings.landing, source.name, state)
    result.manifests = landing.batches_in_use(settings.landing, source.name)
    if result.problems:
        raise SourceError("\n".join(result.problems))
    return result


def _input_state(
    path: Path, known: landing.InputState | None, version: str
) -> landing.InputState:
    """Identity of a file; unchanged size and time spare reading it."""
    stat = path.stat()
    if known and (known.size, known.modified_ns) == (stat.st_size, stat.st_mtime_ns):
        digest = known.content_hash
    else:
        digest = landing.content_hash(path)
    return landing.InputState(
        landing.batch_id(digest, version), stat.st_size, stat.st_mtime_ns, digest
    )


def _land(
    source: Source,
    program: Program,
    settings: Settings,
    pseudonyms: Pseudonymizer,
    path: Path,
    state: landing.InputState,
    version: str,
) -> None:
    records = open_records(source, path)
    found = find_columns(source, records.header, str(path))
    mapping = RecordMapping(source, found, program.time_zone, pseudonyms)
    with landing.new_batch(settings.landing, source.name, state.batch) as folder:
        writer = landing.BatchWriter(folder, source.name, state.batch, path.name, source.table)
        try:
            watermark = _write(records, mapping, writer)
        finally:
            writer.close()
        if writer.rows_read == 0:
            raise SourceError(
                f"Source {source.name} has a file without records.",
                where=str(path),
                mend="export it again, or take it out of `location`",
            )
        header = json.dumps(records.header).encode()
        manifest = landing.Manifest(
            source=source.name,
            batch=state.batch,
            input=path.name,
            contract_table=source.table,
            content_hash=state.content_hash,
            mapping_version=version,
            columns_fingerprint=hashlib.sha256(header).hexdigest()[:16],
            rows_read=writer.rows_read,
            rows_kept=writer.rows_kept,
            rows_rejected=writer.rows_rejected,
            rows_filtered=writer.rows_filtered,
            watermark=watermark,
        )
        landing.write_manifest(folder, manifest)


def _write(records, mapping: RecordMapping, writer: landing.BatchWriter) -> str | None:  # noqa: ANN001
    newest: str | None = None
    column = next((c for c in WATERMARKS if c in mapping.source.columns), None)
    for batch in records.batches:
        mapped = mapping.apply(batch)
        writer.add(mapped.rows, mapped.comments, mapped.rejects, mapped.n_read)
        top = mapped.rows[column].max() if column and mapped.rows.height else None
        newest = max(filter(None, (newest, str(top) if top is not None else None)), default=None)
    malformed = sorted(n for n in records.malformed)
    if malformed:
        none = pl.DataFrame(schema=SOURCE_TABLES[writer.table].schema)
        comments = pl.DataFrame(schema=COMMENTS.schema)
        writer.add(none, comments, malformed_rejects(malformed), len(malformed))
    return newest


def _refuse_if_too_many_rejects(source: Source, settings: Settings, batch: str) -> None:
    manifest = landing.read_manifest(settings.landing, source.name, batch)
    if manifest is None or manifest.unplanned_share <= source.max_rejected_share:
        return
    rejects_file = landing.batch_file(settings.landing, manifest, landing.REJECTS)
    reasons = (
        pl.scan_parquet(rejects_file)
        .filter(~pl.col("is_filtered"))
        .group_by("reason", "column_name")
        .agg(pl.col("n_rows").sum(), pl.col("record_number").min().alias("first"))
        .sort("n_rows", descending=True)
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
        where=manifest.input,
        mend=f"correct the file or the mapping, or raise `max_rejected_share`; "
        f"every reject is listed in {rejects_file}",
    )
