"""Reading files as batches of text records, with their record numbers.

What belongs here: CSV, TSV, XLSX and Parquet, opened by pyarrow and fastexcel. What does not:
what the text means (connectors.mapping). Every value is text here, so that one mapping serves
all formats; a record that has no fixed shape is handed on as malformed, with its number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

from pipelines.errors import SourceError
from pipelines.program.source import Source

RECORD_NUMBER = "\x00record_number"
"""Name no file can have for the column of record numbers."""
BLOCK_BYTES = 16 << 20
BATCH_ROWS = 500_000


@dataclass
class Records:
    """A file opened for reading: its header, its batches, and the records without a shape."""

    header: list[str]
    batches: Iterator[pl.DataFrame]
    malformed: list[int] = field(default_factory=list)
    """Numbers of the malformed records met so far; complete once `batches` is used up."""


def file_format(source: Source, path: Path) -> Literal["csv", "tsv", "xlsx", "parquet"]:
    """The declared format, or the one the file's ending tells."""
    by_suffix = {".csv": "csv", ".txt": "csv", ".tsv": "tsv", ".xlsx": "xlsx",
                 ".parquet": "parquet"}  # fmt: skip
    found = source.format or by_suffix.get(path.suffix.lower())
    if found is None:
        raise SourceError(
            f"Source {source.name} cannot tell the format of a file.",
            where=str(path),
            mend="add `format: csv` (or tsv, xlsx, parquet) to the source",
        )
    return found  # type: ignore[return-value]


def open_records(source: Source, path: Path) -> Records:
    """Open one file of a source. Raises SourceError when it cannot be read as declared."""
    if path.stat().st_size == 0:
        raise SourceError(
            f"Source {source.name} has an empty file.", where=str(path), mend="export it again"
        )
    reader = {"csv": _open_csv, "tsv": _open_csv, "xlsx": _open_xlsx, "parquet": _open_parquet}
    records = reader[file_format(source, path)](source, path)
    twice = sorted({h for h in records.header if records.header.count(h) > 1 and h.strip()})
    if twice:
        raise SourceError(
            f"Source {source.name} has the column {twice[0]!r} more than once.",
            where=str(path),
            mend="rename or remove the repeated column",
        )
    return records


def _open_csv(source: Source, path: Path) -> Records:
    delimiter = source.delimiter or ("\t" if file_format(source, path) == "tsv" else ",")
    try:
        header = _csv_header(path, source, delimiter)
        malformed: list[int] = []
        reader = pa.csv.open_csv(
            path,
            read_options=pa.csv.ReadOptions(
                use_threads=False,  # the only mode in which malformed records have numbers
                encoding=source.encoding,
                block_size=BLOCK_BYTES,
                skip_rows=source.header_row - 1,
            ),
            parse_options=pa.csv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=True,
                invalid_row_handler=lambda row: _note(malformed, row.number, source.header_row),
            ),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False
            ),
        )
    except (pa.ArrowInvalid, UnicodeError, StopIteration) as error:
        raise _unreadable(source, path, error) from error
    return Records(header, _csv_batches(source, path, reader, malformed), malformed)


def _note(malformed: list[int], number: int | None, header_row: int) -> str:
    malformed.append((number or 0) - header_row)
    return "skip"


def _csv_header(path: Path, source: Source, delimiter: str) -> list[str]:
    import csv  # noqa: PLC0415 - the only use, and only for the first line

    with path.open(encoding=source.encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        for _ in range(source.header_row - 1):
            next(reader)
        # pyarrow takes the byte-order mark off the first name, csv does not
        return [name.removeprefix("\ufeff") for name in next(reader)]


def _csv_batches(
    source: Source, path: Path, reader: pa.csv.CSVStreamingReader, malformed: list[int]
) -> Iterator[pl.DataFrame]:
    done = 0
    passed = 0
    try:
        for batch in reader:
            last = done + batch.num_rows
            gone: list[int] = []
            while passed < len(malformed) and malformed[passed] <= last:
                gone.append(malformed[passed])
                passed, last = passed + 1, last + 1
            numbers = np.setdiff1d(np.arange(done + 1, last + 1), gone, assume_unique=True)
            done = last
            yield _text_frame(pl.from_arrow(batch), numbers)
    except (pa.ArrowInvalid, UnicodeError) as error:
        raise _unreadable(source, path, error) from error


def _open_xlsx(source: Source, path: Path) -> Records:
    import fastexcel  # noqa: PLC0415 - only workbooks need it

    try:
        book = fastexcel.read_excel(path)
        if isinstance(source.sheet, int):
            wanted: str | int = source.sheet - 1
            missing = source.sheet > len(book.sheet_names) or source.sheet < 1
        else:
            wanted, missing = source.sheet, source.sheet not in book.sheet_names
        if missing:
            raise SourceError(
                f"Source {source.name} has no sheet {source.sheet!r}.",
                where=str(path),
                mend=f"set `sheet` to one of: {', '.join(map(repr, book.sheet_names))}",
            )
        sheet = book.load_sheet(wanted, header_row=source.header_row - 1, dtypes="string")
        frame = sheet.to_polars()
    except fastexcel.FastExcelError as error:
        raise _unreadable(source, path, error) from error
    return _whole(frame)


def _open_parquet(source: Source, path: Path) -> Records:
    try:
        file = pa.parquet.ParquetFile(path)
    except pa.ArrowInvalid as error:
        raise _unreadable(source, path, error) from error

    def batches() -> Iterator[pl.DataFrame]:
        done = 0
        for batch in file.iter_batches(batch_size=BATCH_ROWS):
            frame = pl.from_arrow(batch)
            yield _text_frame(frame, np.arange(done + 1, done + 1 + frame.height))
            done += frame.height

    return Records(file.schema_arrow.names, batches())


def _whole(frame: pl.DataFrame) -> Records:
    return Records(frame.columns, iter([_text_frame(frame, np.arange(1, frame.height + 1))]))


def _text_frame(frame: pl.DataFrame, numbers: np.ndarray) -> pl.DataFrame:
    return frame.with_columns(
        pl.all().cast(pl.String), pl.Series(RECORD_NUMBER, numbers, dtype=pl.Int64)
    )


def _unreadable(source: Source, path: Path, error: Exception) -> SourceError:
    text = str(error).splitlines()[0] if str(error) else "it ends before the header"
    wrong_encoding = isinstance(error, UnicodeError) or "UTF8" in text
    return SourceError(
        f"Source {source.name} cannot read a file"
        + (f" as {source.encoding}." if wrong_encoding else f": {text}."),
        where=str(path),
        mend="set `encoding` to utf-8, utf-16, latin-1 or windows-1252"
        if wrong_encoding
        else "check that the file is what `format`, `delimiter`, `sheet` and `header_row` say",
    )
