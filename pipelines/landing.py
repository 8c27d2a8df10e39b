"""Landed batches on disk: write, verify, list.

What belongs here: the layout of `landing/`, the manifest of a batch, and the atomic steps that
make a batch visible. What does not: reading source files (connectors) and choosing what to pull.

    landing/<source>/<batch>/<contract table>.parquet   rows kept
                             comments.parquet           comments, where the source has any
                             rejects.parquet            rows rejected, with record and reason
                             manifest.json              the account of the batch
    landing/<source>/inputs.json                        which batch stands for which input

A batch is named by the hash of its input's content and of the mapping, so the same input twice
is the same batch. It is written under a name starting with a dot and becomes visible by one
rename; `inputs.json` is replaced by one rename too.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq

from pipelines.contract import COMMENTS, REJECTED_ROWS, SOURCE_TABLES

MANIFEST = "manifest.json"
INPUTS = "inputs.json"
REJECTS = "rejects"


@dataclass(frozen=True)
class Manifest:
    """The account of one batch. `rows_read = rows_kept + rows_rejected` always."""

    source: str
    batch: str
    input: str
    contract_table: str
    content_hash: str
    mapping_version: str
    columns_fingerprint: str
    rows_read: int
    rows_kept: int
    rows_rejected: int
    rows_filtered: int
    watermark: str | None = None

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_kept + self.rows_rejected:
            msg = (
                f"batch {self.batch} of {self.source} lost rows: read {self.rows_read}, "
                f"kept {self.rows_kept}, rejected {self.rows_rejected}"
            )
            raise AssertionError(msg)

    @property
    def unplanned_share(self) -> float:
        """Rejects that no filter asked for, as a share of the rows not filtered."""
        wanted = self.rows_read - self.rows_filtered
        return (self.rows_rejected - self.rows_filtered) / wanted if wanted else 0.0


@dataclass(frozen=True)
class InputState:
    """What is known of one input of a source: its batch, and size and time to spare a hash."""

    batch: str
    size: int
    modified_ns: int
    content_hash: str


@dataclass
class SourceState:
    """The inputs of a source, by file name, and whether its last pull failed."""

    inputs: dict[str, InputState] = field(default_factory=dict)
    is_stale: bool = False


def batch_id(content_hash: str, mapping_version: str) -> str:
    """Name of the batch that this content makes under this mapping."""
    return hashlib.sha256(f"{content_hash}/{mapping_version}".encode()).hexdigest()[:16]


def content_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_state(landing: Path, source: str) -> SourceState:
    """The state of a source; empty before its first pull."""
    path = landing / source / INPUTS
    if not path.exists():
        return SourceState()
    found = json.loads(path.read_text())
    inputs = {name: InputState(**state) for name, state in found["inputs"].items()}
    return SourceState(inputs, found["is_stale"])


def write_state(landing: Path, source: str, state: SourceState) -> None:
    """Replace the state of a source by one rename."""
    folder = landing / source
    folder.mkdir(parents=True, exist_ok=True)
    inputs = {name: asdict(state.inputs[name]) for name in sorted(state.inputs)}
    _replace_text(folder / INPUTS, {"is_stale": state.is_stale, "inputs": inputs})


def read_manifest(landing: Path, source: str, batch: str) -> Manifest | None:
    """The manifest of a batch, or None when there is no such batch."""
    path = landing / source / batch / MANIFEST
    return Manifest(**json.loads(path.read_text())) if path.exists() else None


def batches_in_use(landing: Path, source: str) -> list[Manifest]:
    """Manifests of the batches that stand for the source's inputs, each once."""
    state = read_state(landing, source)
    names = dict.fromkeys(i.batch for _, i in sorted(state.inputs.items()))
    found = [read_manifest(landing, source, name) for name in names]
    return [manifest for manifest in found if manifest is not None]


def batch_file(landing: Path, manifest: Manifest, table: str) -> Path:
    """Parquet file of a batch for one table; it may not exist (no comments, no rejects)."""
    return landing / manifest.source / manifest.batch / f"{table}.parquet"


class BatchWriter:
    """Collects the frames of one batch and their counts, file by file."""

    def __init__(self, folder: Path, source: str, batch: str, input_name: str, table: str) -> None:
        self.folder, self.source, self.batch, self.input = folder, source, batch, input_name
        self.table = table
        self.rows_read = self.rows_kept = self.rows_rejected = self.rows_filtered = 0
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._schemas = {
            table: SOURCE_TABLES[table].schema,
            COMMENTS.name: COMMENTS.schema,
            REJECTS: REJECTED_ROWS.schema,
        }
        self._append(table, pl.DataFrame())

    def add(
        self, rows: pl.DataFrame, comments: pl.DataFrame, rejects: pl.DataFrame, n_read: int
    ) -> None:
        """Add what one batch of records became."""
        self.rows_read += n_read
        self.rows_kept += rows.height
        self.rows_rejected += int(rejects["n_rows"].sum())
        self.rows_filtered += int(rejects.filter("is_filtered")["n_rows"].sum())
        self._append(self.table, rows)
        for table, frame in ((COMMENTS.name, comments), (REJECTS, rejects)):
            if frame.height:
                self._append(table, frame)

    def close(self) -> None:
        """Finish the files."""
        for writer in self._writers.values():
            writer.close()

    def _append(self, table: str, frame: pl.DataFrame) -> None:
        provenance = {"source": self.source, "batch": self.batch, "input": self.input}
        frame = frame.with_columns(
            *(pl.lit(v, pl.String).alias(k) for k, v in provenance.items() if frame.height),
        )
        schema = self._schemas[table]
        whole = frame.select(
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in schema.items()
        ) if frame.height else pl.DataFrame(schema=schema)  # fmt: skip
        arrow = whole.to_arrow(compat_level=pl.CompatLevel.oldest())
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(
                self.folder / f"{table}.parquet", arrow.schema, compression="zstd"
            )
        self._writers[table].write_table(arrow)


@contextmanager
def new_batch(landing: Path, source: str, batch: str) -> Iterator[Path]:
    """A folder that becomes the batch by one rename when the block ends without an error."""
    final = landing / source / batch
    temporary = landing / source / f".{batch}.{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        if final.exists():  # left by a run that was killed between the rename and the state
            shutil.rmtree(temporary)
        else:
            temporary.rename(final)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the account of a batch into its folder."""
    _replace_text(folder / MANIFEST, asdict(manifest))


def sweep(landing: Path) -> None:
    """Remove what killed runs left half written."""
    for folder in landing.glob("*/.*"):
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink(missing_ok=True)


def _replace_text(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n")
    temporary.replace(path)
