"""Landed batches on disk: write, verify, list.

What belongs here: the layout of `landing/`, the manifest of a batch, what is known of each input,
and the atomic steps that make a batch visible. What does not: the Parquet files of a batch
(batch_writer), reading source files (connectors) and choosing what to pull. It needs no data
library, so that asking whether there is anything new costs nothing.

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
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from pipelines.errors import SourceError

MANIFEST = "manifest.json"
INPUTS = "inputs.json"
REJECTS = "rejects"
T = TypeVar("T")


@dataclass(frozen=True)
class Manifest:
    """The account of one batch. `rows_read = rows_kept + rows_rejected + rows_erased` always.

    The last four say under what the rows are as they are: a batch that lags behind the secret, the
    erasures, the retention or the names in use is rewritten (batch_rewriter).
    """

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
    rows_erased: int = 0
    secret_id: str = ""
    erased_under: str = ""
    redacted_under: str = ""
    generation: int = 0

    def __post_init__(self) -> None:
        if self.rows_read != self.rows_kept + self.rows_rejected + self.rows_erased:
            msg = (
                f"batch {self.batch} of {self.source} lost rows: read {self.rows_read}, "
                f"kept {self.rows_kept}, rejected {self.rows_rejected}, erased {self.rows_erased}"
            )
            raise AssertionError(msg)

    @property
    def unplanned_share(self) -> float:
        """Rejects that no filter asked for, as a share of the rows not filtered."""
        wanted = self.rows_read - self.rows_filtered
        return (self.rows_rejected - self.rows_filtered) / wanted if wanted else 0.0


@dataclass(frozen=True)
class FileLook:
    """A file as it was found: its content, and what spares hashing it again.

    The time of the last status change cannot be set by hand as the time of the last write can, so
    a file replaced by another of the same size and age is still noticed.
    """

    content_hash: str
    size: int
    modified_ns: int
    changed_ns: int = 0

    def is_same_file(self, other: FileLook) -> bool:
        """True when neither size nor times differ."""
        return self._marks == other._marks

    @property
    def _marks(self) -> tuple[int, int, int]:
        return self.size, self.modified_ns, self.changed_ns


@dataclass
class SourceState:
    """The inputs of a source by name, and whether its last pull failed."""

    inputs: dict[str, InputState] = field(default_factory=dict)
    is_stale: bool = False


@dataclass(frozen=True)
class InputState:
    """What is known of one input of a source: its batch, and the file as last read."""

    batch: str
    look: FileLook
    place: str = ""
    """Mark of where the file lay; empty: landed before it was kept."""
    is_from_elsewhere: bool = False
    """It took the place of another content of this name, which lay in another folder."""


def look_at(path: Path, known: InputState | None = None) -> FileLook:
    """The file as it is now; the hash of a known file that has not changed is taken over."""
    stat = path.stat()
    marks = (stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
    if known and known.look.is_same_file(FileLook("", *marks)):
        return known.look
    return FileLook(content_hash(path), *marks)


def batch_id(content_hash: str, mapping_version: str) -> str:
    """Name of the batch that this content makes under this mapping."""
    return hashlib.sha256(f"{content_hash}/{mapping_version}".encode()).hexdigest()[:16]


def content_hash(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_state(landing: Path, source: str) -> SourceState:
    """The state of a source; empty before its first pull.

    Raises SourceError when the state was written by a version that kept other things.
    """
    return _read(landing / source, INPUTS, _state) or SourceState()


def _state(found: Any) -> SourceState:
    inputs = {
        name: InputState(**(state | {"look": FileLook(**state["look"])}))
        for name, state in found["inputs"].items()
    }
    return SourceState(inputs, found["is_stale"])


def write_state(landing: Path, source: str, state: SourceState) -> None:
    """Replace the state of a source by one rename."""
    folder = landing / source
    folder.mkdir(parents=True, exist_ok=True)
    inputs = {name: asdict(state.inputs[name]) for name in sorted(state.inputs)}
    _replace_text(folder / INPUTS, {"is_stale": state.is_stale, "inputs": inputs})


def read_manifest(landing: Path, source: str, batch: str) -> Manifest | None:
    """The manifest of a batch, or None when there is no such batch; raises as `read_state`."""
    return _read(landing / source, f"{batch}/{MANIFEST}", lambda found: Manifest(**found))


def batches_in_use(landing: Path, source: str) -> list[Manifest]:
    """Manifests of the batches that stand for the source's inputs, as `batches_of`."""
    return batches_of(landing, source, read_state(landing, source))


def batches_of(landing: Path, source: str, state: SourceState) -> list[Manifest]:
    """Manifests of the batches that stand for these inputs, each once.

    Several inputs of the same content share a batch; it goes by the first of their names,
    whichever of them was landed first. Raises SourceError when a batch is gone.
    """
    inputs: dict[str, str] = {}
    for name in sorted(state.inputs):
        inputs.setdefault(state.inputs[name].batch, name)
    found = []
    for batch, name in inputs.items():
        manifest = read_manifest(landing, source, batch)
        if manifest is None:
            raise SourceError(
                f"Source {source} has lost the landed rows of {name}.",
                where=str(landing / source / batch),
                mend=f"put {name} back and run again, or restore the landing folder from a backup",
            )
        found.append(replace(manifest, input=name))
    return found


def batch_file(landing: Path, manifest: Manifest, table: str) -> Path:
    """Parquet file of a batch for one table; it may not exist (no comments, no rejects)."""
    return landing / manifest.source / manifest.batch / file_name(table, manifest.generation)


def file_name(table: str, generation: int) -> str:
    """Name of a table's file in a batch; one that was rewritten bears its generation."""
    return f"{table}.{generation}.parquet" if generation else f"{table}.parquet"


@contextmanager
def new_batch(landing: Path, source: str, batch: str) -> Iterator[Path]:
    """A folder that becomes the batch by one rename when the block ends without an error."""
    final = landing / source / batch
    temporary = landing / source / f".{batch}.{os.getpid()}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        yield temporary
        for file in temporary.iterdir():
            sync(file)
        if (final / MANIFEST).exists():  # a killed run got this far, but not to the state
            shutil.rmtree(temporary)
        else:
            if final.exists():  # no batch without its account: what is left of one makes way
                final.rename(temporary.with_name(f"{temporary.name}.broken"))
            temporary.rename(final)
            sync(final.parent)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    finally:
        shutil.rmtree(temporary.with_name(f"{temporary.name}.broken"), ignore_errors=True)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write the account of a batch into its folder."""
    _replace_text(folder / MANIFEST, asdict(manifest))


def all_batches(landing: Path, source: str = "*") -> list[Manifest]:
    """Manifests of every batch on disk, in use or not, of one source or all."""
    folders = sorted(path.parent for path in landing.glob(f"{source}/*/{MANIFEST}"))
    found = (read_manifest(landing, folder.parent.name, folder.name) for folder in folders)
    return [manifest for manifest in found if manifest is not None]


def remove_other_generations(landing: Path, manifest: Manifest) -> None:
    """Remove the files of a batch that its manifest does not name."""
    pattern = re.compile(r"\w+(?:\.(\d+))?\.parquet")
    for file in (landing / manifest.source / manifest.batch).glob("*.parquet"):
        found = pattern.fullmatch(file.name)
        if found is None or int(found[1] or 0) != manifest.generation:
            file.unlink()


def sweep(landing: Path) -> None:
    """Remove what killed runs left half written."""
    for folder in landing.glob("*/.*"):
        if folder.is_dir():
            shutil.rmtree(folder, ignore_errors=True)
        else:
            folder.unlink(missing_ok=True)


def _replace_text(path: Path, content: dict[str, Any]) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(json.dumps(content, indent=1, sort_keys=True) + "\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def _read(source: Path, name: str, make: Callable[[Any], T]) -> T | None:
    path = source / name
    try:
        return make(json.loads(path.read_bytes()))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except ValueError as error:
        raise SourceError(
            "The account of landed data is damaged.",
            where=str(path),
            mend="restore the landing folder from a backup, or delete the file's folder and run "
            "again with all its inputs in place",
        ) from error
    except (KeyError, TypeError) as error:
        raise SourceError(
            f"What landed of source {source.name} was written by another version of Crossvoice.",
            where=str(path),
            mend=f"remove {source} and run again; every file is read anew",
        ) from error


def sync(path: Path) -> None:
    """Have the system write a file or folder out, so that a power cut cannot undo a rename."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
