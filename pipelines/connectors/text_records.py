"""CSV and TSV files as batches of text records.

What belongs here: splitting text into records with pyarrow, and the numbers of those it cannot
split. What does not: what the text means (connectors.mapping).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.csv

from pipelines.connectors.records import Records, file_format, numbered
from pipelines.connectors.unreadable import broken_shape, likely_encoding, wrong_encoding
from pipelines.program.source import Source

BLOCK_BYTES = 16 << 20
"""Bytes read at once; no record may be longer."""


def open_file(source: Source, path: Path) -> Records:
    """Open a text file: its header now, its records when they are asked for."""
    delimiter = source.delimiter or ("\t" if file_format(source, path) == "tsv" else ",")
    try:
        header, n_lines, has_more = _header(path, source, delimiter)
    except UnicodeError as error:
        raise wrong_encoding(source, path) from error
    except csv.Error as error:
        raise broken_shape(source, path) from error
    if any("\x00" in name for name in header) or _is_marked_otherwise(source, path):
        raise wrong_encoding(source, path)
    records = Records(header, lambda places: iter(()))
    if has_more:
        records.read = lambda places: _batches(
            source, path, delimiter, records, n_lines, places
        )  # fmt: skip
    return records


def _header(path: Path, source: Source, delimiter: str) -> tuple[list[str], int, bool]:
    """Column names, lines up to and with them, and whether anything follows.

    Blank lines above the names are passed over.
    """
    encoding = "utf-8-sig" if source.encoding == "utf-8" else source.encoding
    with path.open(encoding=encoding, newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        header: list[str] = []
        for row_number, row in enumerate(reader, start=1):
            if row_number >= source.header_row and any(name.strip() for name in row):
                header = row
                break
        n_lines = reader.line_num
        return header, n_lines, bool(header) and file.readline() != ""


def _is_marked_otherwise(source: Source, path: Path) -> bool:
    with path.open("rb") as file:
        is_marked = file.read(3).startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"))
    return is_marked and likely_encoding(path) != source.encoding


def _batches(
    source: Source,
    path: Path,
    delimiter: str,
    records: Records,
    n_lines: int,
    places: Sequence[int],
) -> Iterator[pl.DataFrame]:
    malformed: list[int] = []
    names = [f"c{i}" for i in range(len(records.header))]
    wanted = [names[i] for i in places] or names[:1]
    done = 0
    try:
        with path.open("rb") as file:
            reader = pa.csv.open_csv(
                file,
                read_options=pa.csv.ReadOptions(
                    use_threads=False,  # the only mode in which malformed records have numbers
                    encoding=source.encoding,
                    block_size=BLOCK_BYTES,
                    skip_rows=n_lines,
                    column_names=names,
                ),
                parse_options=pa.csv.ParseOptions(
                    delimiter=delimiter,
                    newlines_in_values=True,
                    invalid_row_handler=lambda row: _note(malformed, row.number - n_lines),
                ),
                convert_options=pa.csv.ConvertOptions(
                    column_types=dict.fromkeys(wanted, pa.string()),
                    include_columns=wanted,
                    null_values=[""],
                    strings_can_be_null=True,
                ),
            )
            for batch in reader:
                numbers, done = _numbers(batch.num_rows, done, malformed, records.malformed)
                frame = pl.from_arrow(batch)
                frame.columns = [records.header[i] for i in places] or [""]
                yield numbered(frame, numbers)
    except (pa.ArrowInvalid, UnicodeError) as error:
        if isinstance(error, UnicodeError) or "UTF8" in str(error):
            raise wrong_encoding(source, path) from error
        raise broken_shape(source, path) from error
    records.malformed += malformed


def _note(malformed: list[int], number: int) -> str:
    malformed.append(number)
    return "skip"


def _numbers(
    n_rows: int, done: int, malformed: list[int], passed: list[int]
) -> tuple[pl.Series, int]:
    """Numbers of the records of a batch, which lie between the malformed ones.

    The reader may be ahead of the batch, so only malformed records before its end move on from
    `malformed` to `passed`.
    """
    last, n_gone = done + n_rows, 0
    while n_gone < len(malformed) and malformed[n_gone] <= last:
        n_gone, last = n_gone + 1, last + 1
    gone, malformed[:] = malformed[:n_gone], malformed[n_gone:]
    passed += gone
    numbers = np.arange(done + 1, last + 1)
    if gone:
        numbers = np.delete(numbers, np.array(gone) - done - 1)
    return pl.Series(numbers), last
