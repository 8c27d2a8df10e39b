"""Writing files: CSV in pieces, Parquet in pieces, the folder in one rename.

Belongs here: bytes on disk. Does not belong here: what the columns mean.
"""

import os
import shutil
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import polars as pl
import pyarrow.parquet as pq

from pipelines.demo.clock import Days, iso_days

INSTANT = "%Y-%m-%dT%H:%M:%SZ"
MARK = "truth.json"
WAITING = 6  # pieces of a file in memory that are not on disk yet


class CsvFile:
    """A CSV file that grows by frames; every frame must have the header's columns.

    One thread per file writes what was appended, in order, while the next block is being drawn.
    """

    def __init__(self, path: Path, columns: Sequence[str]) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._columns = list(columns)
        self._file = path.open("wb")
        self._writer = ThreadPoolExecutor(max_workers=1)
        self._pending: deque[Future[None]] = deque()
        self.append_lines([",".join(columns)])

    def append(self, frame: pl.DataFrame, instant: str = INSTANT) -> None:
        """Add the rows of a frame; instants are written in the given format."""
        if frame.height:
            self._later(self._write_frame, frame.select(self._columns), instant)

    def append_lines(self, lines: Sequence[str]) -> None:
        """Add lines that no CSV writer would write."""
        self._later(self._file.write, "".join(line + "\n" for line in lines).encode())

    def _write_frame(self, frame: pl.DataFrame, instant: str) -> None:
        # Polars writes past the buffer of the file object, which must be empty by then.
        self._file.flush()
        frame.write_csv(self._file, include_header=False, datetime_format=instant)

    def _later(self, write: Callable[..., object], *arguments: object) -> None:
        while len(self._pending) >= WAITING:
            self._pending.popleft().result()
        self._pending.append(self._writer.submit(write, *arguments))  # type: ignore[arg-type]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._writer.shutdown()
        self._file.close()
        while self._pending and kind is None:
            self._pending.popleft().result()


class ParquetFile:
    """A Parquet file that grows by row groups; opened by its first frame."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writer: pq.ParquetWriter | None = None

    def append(self, frame: pl.DataFrame) -> None:
        """Add a row group."""
        table = frame.to_arrow()
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, table.schema, compression="zstd")
        self._writer.write_table(table)

    def close(self) -> None:
        """Write the footer, if anything was appended."""
        if self._writer is not None:
            self._writer.close()


def write_rows(path: Path, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A small file from tuples; None becomes blank."""
    frame = pl.DataFrame(
        [[_text(value) for value in row] for row in rows],
        schema=dict.fromkeys(columns, pl.String),
        orient="row",
    )
    with CsvFile(path, columns) as file:
        file.append(frame)


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def dates(values: Days) -> pl.Series:
    """Day numbers as ISO text, null where the end is open."""
    return pl.Series(iso_days(values)).replace("", None)


@contextmanager
def replaced_folder(out: Path) -> Iterator[Path]:
    """A temporary sibling that takes the place of `out` by one rename when all went well."""
    if out.exists() and not (out.is_dir() and ((out / MARK).exists() or not any(out.iterdir()))):
        message = f"{out} holds something else; choose an empty or a new folder"
        raise FileExistsError(message)
    out.parent.mkdir(parents=True, exist_ok=True)
    work = out.with_name(f".{out.name}.{os.getpid()}.tmp")
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir()
    try:
        yield work
        if out.exists():
            out.rename(old)
        work.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
