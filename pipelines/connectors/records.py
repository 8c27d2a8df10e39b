"""A file as batches of text records with their record numbers, whatever its format.

What belongs here: the choice of the reader, and what every reader hands on. What does not: the
formats (text_records, workbook_records, parquet_records, json_records) and what the text means
(mapping). Every value is text here, so that one mapping serves all formats.

A record number counts the records below the header, from 1, through the members of a zip in the
order of their names. Empty lines of a text file are no records; every row of a sheet below its
header is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path

import polars as pl

from pipelines.connectors.columns import addressable
from pipelines.connectors.contents import SUFFIXES, Content, contents
from pipelines.connectors.unreadable import not_accessible
from pipelines.errors import SourceError
from pipelines.program.source import Format, Source

RECORD_NUMBER = "\x00record_number"
"""Name no file can have for the column of record numbers."""
FIRST_CELL = "\x00first_cell"
"""Column of the first cell of each record, where the source tells footnotes by it."""
BATCH_ROWS = 250_000
"""Records of a sheet, JSON or Parquet file handed on at once."""
READERS: dict[Format, str] = {
    "csv": "text_records",
    "tsv": "text_records",
    "xlsx": "workbook_records",
    "xls": "workbook_records",
    "ods": "workbook_records",
    "parquet": "parquet_records",
    "json": "json_records",
    "jsonl": "json_records",
}
"""Module of each format; imported when a file of the format is met."""


@dataclass
class Records:
    """A table opened for reading: its header, its batches, and the records without a shape."""

    header: list[str]
    read: Callable[[Sequence[int]], Iterator[pl.DataFrame]]
    """Batches of the columns at these places of the header, under the names they go by."""
    where: str = ""
    """The file, and what inside it, for messages."""
    malformed: list[int] = field(default_factory=list)
    """Numbers of malformed records met since it was last emptied."""
    footnotes: list[int] = field(default_factory=list)
    """Numbers of records without a shape that are footnotes, likewise."""
    blank: list[int] = field(default_factory=list)
    """Numbers of records that hold nothing to make rows of, likewise."""
    has_typed_dates: bool = False
    """The format stores dates as dates, so that `2025-01-03 00:00:00` is never somebody's text."""
    question_texts: dict[str, str] = field(default_factory=dict)
    """What each column asks, where the file tells more than its name."""
    inside: str = ""
    """Name of the file inside a zip."""
    sheet: str = ""
    """Name of the sheet, where several are read."""
    first: int = 0
    """Place of the first column that holds anything."""
    guesses: list[str] = field(default_factory=list)
    """What was guessed of the file, in words."""
    place: Callable[[int], str] = field(default=lambda number: "")
    """Where the record of a number stands for who opens the file: line or row, in words.

    Blank where the format has no such thing. It may read the file anew: for messages only.
    """

    @property
    def shapeless(self) -> dict[str, list[int]]:
        """Numbers of the records that are in no batch, by the reason of their reject."""
        return {
            "malformed_record": self.malformed,
            "filtered": self.footnotes,
            "blank_record": self.blank,
        }

    def batches(self, columns: Sequence[str], *, first_cell: bool = False) -> Iterator:
        """Batches of these columns of the header, each name once, and of RECORD_NUMBER.

        With `first_cell` the first column that is not empty comes too, as FIRST_CELL.
        """
        names = addressable(self.header)
        first = names[self.first : self.first + 1] if first_cell else []
        wanted = list(dict.fromkeys([*columns, *first]))
        for batch in self.read([names.index(name) for name in wanted]):
            if first:
                yield batch.with_columns(batch[first[0]].alias(FIRST_CELL))
            else:
                yield batch


def content_format(source: Source, content: Content) -> Format:
    """The declared format, or the one the ending tells."""
    found = source.format or SUFFIXES.get(content.suffix)
    if found is None:
        raise SourceError(
            f"Source {source.name} cannot tell the format of a file.",
            where=content.where,
            mend="add `format: csv` (or tsv, xlsx, parquet, json, jsonl) to the source",
        )
    return found


def open_records(source: Source, path: Path) -> list[Records]:
    """Open the tables of one file of a source: one, or several for a zip.

    Raises SourceError when the file cannot be read as declared.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError
        found = contents(source, path)
        return [table for content in found for table in open_tables(source, content)]
    except OSError as error:
        raise not_accessible(source.name, path, error) from error


def open_content(source: Source, content: Content) -> Records:
    """Open one table: the first, where a workbook has several."""
    return open_tables(source, content)[0]


def open_tables(source: Source, content: Content) -> list[Records]:
    """Open the table of a content, or one for each sheet that is asked for."""
    kind = content_format(source, content)
    if not content.head(1):
        raise SourceError(
            f"Source {source.name} has an empty file.",
            where=content.where,
            mend="export it again, or take it out of `location`",
        )
    reader = import_module(f"pipelines.connectors.{READERS[kind]}")
    opened = reader.open_content(source, content)
    tables = opened if isinstance(opened, list) else [opened]
    for table in tables:
        table.where = f"{content.where}, sheet {table.sheet!r}" if table.sheet else content.where
        table.inside = content.inside
    return tables


def told(records: Records, number: int) -> str:
    """A record of a table for messages: its number, and where it stands in the file."""
    inside = f" of {records.inside}" if records.inside else ""
    place = records.place(number)
    return f"record {number:,}{inside}" + (f", {place}" if place else "")


def without_records(source: str, path: Path) -> SourceError:
    """A file of which nothing can become a row."""
    return SourceError(
        f"Source {source} has a file without records.",
        where=str(path),
        mend="export it again, or take it out of `location`",
    )


def numbered(frame: pl.DataFrame, numbers: pl.Series) -> pl.DataFrame:
    """The frame with its record numbers."""
    return frame.with_columns(numbers.cast(pl.Int64).alias(RECORD_NUMBER))


def sliced(frame: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """A whole table in batches, numbered from 1."""
    for start in range(0, frame.height, BATCH_ROWS):
        part = frame.slice(start, BATCH_ROWS)
        yield numbered(part, pl.int_range(start + 1, start + 1 + part.height, eager=True))
