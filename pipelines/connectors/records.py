"""A file as batches of text records with their record numbers, whatever its format.

What belongs here: the choice of the reader, and what every reader hands on. What does not: the
formats (text_records, workbook_records, parquet_records) and what the text means (mapping). Every
value is text here, so that one mapping serves all formats.

A record number counts the records below the header, from 1. Empty lines of a text file are no
records; every row of a sheet below its header is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Literal

import polars as pl

from pipelines.errors import SourceError
from pipelines.program.source import Source

RECORD_NUMBER = "\x00record_number"
"""Name no file can have for the column of record numbers."""
BATCH_ROWS = 250_000
"""Records of a sheet or Parquet file handed on at once."""
Format = Literal["csv", "tsv", "xlsx", "parquet"]
READERS = {
    "csv": "text_records",
    "tsv": "text_records",
    "xlsx": "workbook_records",
    "parquet": "parquet_records",
}
"""Module of each format; imported when a file of the format is met."""
SUFFIXES: dict[str, Format] = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".parquet": "parquet",
}


@dataclass
class Records:
    """A file opened for reading: its header, its batches, and the records without a shape."""

    header: list[str]
    read: Callable[[Sequence[int]], Iterator[pl.DataFrame]]
    """Batches of the columns at these places of the header, under the header's names."""
    malformed: list[int] = field(default_factory=list)
    """Numbers of malformed records met since it was last emptied."""
    has_typed_dates: bool = False
    """The format stores dates as dates, so that `2025-01-03 00:00:00` is never somebody's text."""

    def batches(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        """Batches of these columns of the header, each name once, and of RECORD_NUMBER."""
        return self.read([self.header.index(name) for name in dict.fromkeys(columns)])


def file_format(source: Source, path: Path) -> Format:
    """The declared format, or the one the file's ending tells."""
    found = source.format or SUFFIXES.get(path.suffix.lower())
    if found is None:
        raise SourceError(
            f"Source {source.name} cannot tell the format of a file.",
            where=str(path),
            mend="add `format: csv` (or tsv, xlsx, parquet) to the source",
        )
    return found


def open_records(source: Source, path: Path) -> Records:
    """Open one file of a source. Raises SourceError when it cannot be read as declared."""
    kind = file_format(source, path)
    try:
        if path.is_dir():
            raise IsADirectoryError
        if path.stat().st_size == 0:
            raise SourceError(
                f"Source {source.name} has an empty file.",
                where=str(path),
                mend="export it again, or take it out of `location`",
            )
        reader = import_module(f"pipelines.connectors.{READERS[kind]}")
        return reader.open_file(source, path)
    except OSError as error:
        raise not_accessible(source.name, path, error) from error


def not_accessible(source_name: str, path: Path, error: OSError) -> SourceError:
    """The error of a file the operating system does not hand over."""
    if isinstance(error, IsADirectoryError):
        return SourceError(
            f"Source {source_name} finds a folder where a file is expected.",
            where=str(path),
            mend="name the files in it in `location`, such as folder/*.csv",
        )
    return SourceError(
        f"Source {source_name} cannot open a file: {error.strerror or 'it cannot be read'}.",
        where=str(path),
        mend="check that the file is still there and that you may read it",
    )


def numbered(frame: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    """The frame with its record numbers."""
    return frame.with_columns(numbers.cast(pl.Int64).alias(RECORD_NUMBER))


def sliced(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A whole file in batches, numbered from 1."""
    for start in range(0, frame.height, BATCH_ROWS):
        part = frame.slice(start, BATCH_ROWS)
        yield numbered(part, pl.int_range(start + 1, start + 1 + part.height, eager=True))
