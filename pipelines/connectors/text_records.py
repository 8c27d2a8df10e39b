"""CSV and TSV files as batches of text records.

What belongs here: splitting text into records with pyarrow, and the numbers of those it cannot
split. What does not: what the text means (connectors.mapping).
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO

import polars as pl
import pyarrow as pa
import pyarrow.csv

from pipelines.connectors.columns import addressable, joined_header, question_texts
from pipelines.connectors.contents import Content
from pipelines.connectors.encodings import MARKS, delimiter_of, encoding_of, likely_encoding, normal
from pipelines.connectors.footnotes import starts_a_footnote
from pipelines.connectors.malformed import Malformed
from pipelines.connectors.quotes import Watched, swallowing
from pipelines.connectors.records import Records, content_format, numbered
from pipelines.connectors.unreadable import broken_shape, wrong_encoding
from pipelines.program.source import Source

BLOCK_BYTES = 16 << 20
"""Bytes read at once; no record may be longer."""
SAMPLE_CHARACTERS = 64_000
"""Beginning of a text in which its delimiter is looked for."""


@dataclass(frozen=True)
class _Text:
    """A text file and how it is to be split."""

    source: Source
    content: Content
    encoding: str
    delimiter: str
    n_lines: int = 0
    """Lines up to the first record."""

    def in_utf8(self) -> BinaryIO:
        """The text from its beginning, in the encoding the reader takes."""
        file = self.content.open()
        if self.encoding == "utf-8":
            return file
        return pa.transcoding_input_stream(pa.PythonFile(file, "r"), self.encoding, "utf-8")


def open_content(source: Source, content: Content) -> Records:
    """Open a text file: its header now, its records when they are asked for."""
    encoding, is_guess = encoding_of(source, content)
    try:
        delimiter = source.delimiter or _delimiter(source, content, encoding)
        header, below, n_lines, has_more = _header(source, content, encoding, delimiter)
    except UnicodeError as error:
        raise wrong_encoding(source, content, encoding) from error
    except csv.Error as error:
        raise broken_shape(source, content) from error
    if any("\x00" in name for name in header) or _is_marked_otherwise(content, encoding):
        raise wrong_encoding(source, content, encoding)
    records = Records(header, lambda places: iter(()), question_texts=question_texts(header, below))
    if is_guess:
        records.guesses.append(f"read as {encoding}, which it looks like")
    if has_more:
        text = _Text(source, content, encoding, delimiter, n_lines)
        records.read = lambda places: _batches(text, records, places)
        records.place = lambda number: _place(text, number)
    return records


def _delimiter(source: Source, content: Content, encoding: str) -> str:
    if content_format(source, content) == "tsv":
        return "\t"
    with _as_text(content, encoding) as file:
        return delimiter_of(source, file.read(SAMPLE_CHARACTERS))


def _as_text(content: Content, encoding: str) -> io.TextIOWrapper:
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    return io.TextIOWrapper(content.open(), encoding=name, newline="")


def _header(
    source: Source, content: Content, encoding: str, delimiter: str
) -> tuple[list[str], list[list[str]], int, bool]:
    """Column names, the first row left out below them, lines above the first record, and whether
    there is one.

    Blank lines above the names are passed over.
    """
    wanted = source.header_rows
    with _as_text(content, encoding) as file:
        reader = csv.reader(file, delimiter=delimiter)
        if not wanted:
            header = [""] * len(next((row for row in reader if row), []))
            return header, [], 0, bool(header)
        rows: list[list[str]] = []
        for row_number, row in enumerate(reader, start=1):
            if len(wanted) > 1:
                rows += [row] if row_number in wanted else []
            elif row_number >= wanted[0] and any(name.strip() for name in row):
                rows = [row]
            if len(rows) == len(wanted):
                break
        if len(rows) < len(wanted):
            return [], [], reader.line_num, False
        below = list(islice(reader, min(source.skip_rows, 1)))
        deque(islice(reader, max(source.skip_rows - 1, 0)), maxlen=0)
        header = rows[0] if len(rows) == 1 else joined_header(rows)
        return header, below, reader.line_num, file.readline() != ""


def _is_marked_otherwise(content: Content, encoding: str) -> bool:
    is_marked = content.head(3).startswith(tuple(MARKS))
    return is_marked and not normal(encoding).startswith(normal(likely_encoding(content) or ""))


def _batches(text: _Text, records: Records, places: Sequence[int]) -> Iterator[pl.DataFrame]:
    malformed = Malformed(text.n_lines)
    names = [f"c{i}" for i in range(len(records.header))]
    own = addressable(records.header)
    wanted = [names[i] for i in places] or names[:1]
    try:
        with text.in_utf8() as file:
            watched = Watched(file)
            for batch in _reader(text, watched, names, wanted, malformed):
                numbers = malformed.numbers_of(batch.num_rows)
                _hand_on(text, records, malformed)
                frame = pl.from_arrow(batch)
                frame.columns = [own[i] for i in places] or [""]
                yield numbered(frame, numbers)
    except (pa.ArrowInvalid, UnicodeError) as error:
        if isinstance(error, UnicodeError) or "UTF8" in str(error):
            raise wrong_encoding(text.source, text.content, text.encoding) from error
        raise broken_shape(text.source, text.content, _open_mark(text)) from error
    n_lines = text.n_lines + malformed.end()
    if watched.may_swallow(n_lines, text.delimiter) and (place := _open_mark(text)):
        raise broken_shape(text.source, text.content, place)
    _hand_on(text, records, malformed)


def _open_mark(text: _Text) -> tuple[int, int | None] | None:
    return swallowing(text.in_utf8, text.delimiter, text.n_lines)


def _reader(
    text: _Text, file: Watched, names: list[str], wanted: list[str], malformed: Malformed
) -> pa.csv.CSVStreamingReader:
    return pa.csv.open_csv(
        file,
        read_options=pa.csv.ReadOptions(
            use_threads=False,  # the only mode in which malformed records have numbers
            block_size=BLOCK_BYTES,
            skip_rows=text.n_lines,
            column_names=names,
        ),
        parse_options=pa.csv.ParseOptions(
            delimiter=text.delimiter,
            newlines_in_values=True,
            invalid_row_handler=malformed.note,
        ),
        convert_options=pa.csv.ConvertOptions(
            column_types=dict.fromkeys(wanted, pa.string()),
            include_columns=wanted,
            null_values=[""],
            strings_can_be_null=True,
        ),
    )


def _place(text: _Text, wanted: int) -> str:
    """The line a record begins in, which blank lines and texts of several lines put off."""
    number, begins = 0, text.n_lines + 1
    with _as_text(text.content, text.encoding) as file:
        reader = csv.reader(islice(file, text.n_lines, None), delimiter=text.delimiter)
        try:
            for row in reader:
                number += bool(row)
                if number == wanted:
                    return f"line {begins:,}"
                begins = text.n_lines + reader.line_num + 1
        except csv.Error:  # a field longer than the library takes
            return ""
    return ""


def _hand_on(text: _Text, records: Records, malformed: Malformed) -> None:
    """Malformed records whose place is known by now: footnotes apart."""
    for number, line in malformed.taken():
        is_footnote = starts_a_footnote(text.source, line, text.delimiter)
        (records.footnotes if is_footnote else records.malformed).append(number)
