"""A first look at a file nobody has declared: how it is read, and what its columns hold.

What belongs here: guessing sheet, header rows and rows that are no records, and a sample of the
records. What does not: what the columns are used as (inspection.roles).
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.blanks import BLANKS
from pipelines.connectors.columns import addressable, tidy
from pipelines.connectors.contents import Content, contents
from pipelines.connectors.encodings import DELIMITERS, encoding_of, likely_encoding
from pipelines.connectors.footnotes import begins_with
from pipelines.connectors.records import RECORD_NUMBER, content_format, open_content
from pipelines.connectors.wording import same
from pipelines.errors import SourceError
from pipelines.inspection.profile import PLAIN_NUMBER, Profile, profile
from pipelines.inspection.vocabulary import TOTAL_WORDS
from pipelines.program.source import Source

SAMPLE_RECORDS = 5_000
TOP_ROWS = 40
"""Rows in which the header is looked for."""


@dataclass
class FileLook:
    """What a look at a file found."""

    path: Path
    reading: dict[str, Any]
    """Keys of a source that say how it is read, where a default does not do."""
    sample: pl.DataFrame
    columns: list[Profile]
    is_whole: bool
    """The sample is the whole file."""
    notes: list[str] = field(default_factory=list)
    doubts: list[str] = field(default_factory=list)
    more: list[FileLook] = field(default_factory=list)
    """Further files of the same shape, read by the same source."""

    def texts(self, column: str) -> pl.Series:
        """A column of the samples of all files of this shape."""
        return pl.concat([one.sample[column] for one in (self, *self.more)])

    @property
    def title(self) -> str:
        """The file's name without folders and endings, in words; without dates for many files."""
        stem = self.path.name.split(".")[0]
        if self.more:
            stem = re.sub(r"[-_ ]*\d[\d\W_]*[QqWw]?\d*$", "", stem) or stem
        return re.sub(r"[^\w]+|_", " ", stem).strip()

    def column(self, name: str) -> Profile:
        """The column of that name."""
        return next(column for column in self.columns if column.name == name)


def probe(**reading: Any) -> Source:
    """A source that stands for a file while it is looked at."""
    return Source.model_validate(
        {"name": "this", "table": "units", "location": "-", **reading,
         "columns": {"unit_level": {"value": "team"}, "unit_ref": "#1"}}
    )  # fmt: skip


def look(path: Path) -> FileLook:
    """Look at one file. Raises SourceError when it cannot be read at all."""
    found = contents(probe(), path)
    member = _members(found)
    found = contents(probe(member=member), path) if member else found
    content = found[0]
    if not content.head(1):
        raise SourceError(
            "The file is empty.", where=content.where, mend="export it again and give that file"
        )
    reading, notes, doubts = _reading(content)
    reading = {**({"member": member} if member else {}), **reading}
    source = probe(**reading)
    records = open_content(source, content)
    if not any(tidy(name) for name in records.header):
        raise SourceError(
            "No row of the file looks like column names.", where=content.where,
            mend="give the file a row of column names",
        )  # fmt: skip
    frames, n = [], 0
    for frame in records.read(list(range(len(records.header)))):
        frames.append(frame)
        n += frame.height
        if n >= SAMPLE_RECORDS:
            break
    if not n:
        raise SourceError(
            "The file holds column names and no records.", where=content.where,
            mend="give a file with records: an empty one shows neither scales nor dates",
        )  # fmt: skip
    sample = pl.concat(frames).head(SAMPLE_RECORDS).drop(RECORD_NUMBER)
    if records.malformed and len(records.malformed) > 0.2 * n:
        doubts.append("many lines have another number of fields than the header: is it the header?")
    notes += records.guesses
    if len(found) > 1:
        notes.append(f"{len(found)} files inside, read one after the other")
    look_ = FileLook(path, reading, sample, [], n <= SAMPLE_RECORDS, notes, doubts)
    _leave_notes_out(look_)
    typed = records.has_typed_dates
    names = addressable(records.header)
    look_.columns = [profile(name, look_.sample[name], typed=typed) for name in names]
    if any(column.decimal_comma for column in look_.columns):
        reading["decimal"] = ","
        notes.append("numbers have a decimal comma")
    return look_


def _reading(content: Content) -> tuple[dict[str, Any], list[str], list[str]]:
    """Reading keys, what was guessed, and what is doubtful."""
    kind = content_format(probe(), content)
    reading: dict[str, Any] = {}
    notes: list[str] = []
    doubts: list[str] = []
    if kind in ("parquet", "json", "jsonl"):
        return reading, notes, doubts
    if kind in ("csv", "tsv"):
        encoding, is_guess = encoding_of(probe(), content)
        likely = likely_encoding(content)
        if encoding == "utf-8" and not is_guess and likely not in (None, "utf-8"):
            reading["encoding"] = encoding = str(likely)
            doubts.append(f"the text is not UTF-8 and looks like {likely}: is it read rightly?")
        rows, delimiter = _text_rows(content, encoding)
        if delimiter and kind == "csv":
            notes.append(f"fields are separated by {_name(delimiter)}")
    else:
        rows, sheet, sheets = _sheet_rows(content)
        if sheet != 1:
            reading["sheet"] = sheets[sheet - 1]
        if len(sheets) > 1:
            doubts.append(f"the workbook has {len(sheets)} sheets; {sheets[sheet - 1]!r} is read")
    header, skip = _header_rows(rows)
    if header != [1]:
        reading["header_row"] = header if len(header) > 1 else header[0]
        notes.append(f"column names are in row {' and '.join(map(str, header))}")
    if skip:
        reading["skip_rows"] = skip
        notes.append(f"{skip} row{'s' if skip > 1 else ''} below the names are no records")
    return reading, notes, doubts


def _name(delimiter: str) -> str:
    return {",": "commas", ";": "semicolons", "\t": "tabulators", "|": "pipes"}[delimiter]


def _members(found: list[Content]) -> str | None:
    """A pattern for the files of a zip that are tables, where a note or two lie beside them."""
    endings = [content.suffix for content in found]
    tables = [ending for ending in endings if ending != ".txt"]
    if len(set(endings)) < 2 or not tables:
        return None
    return f"*{max(set(tables), key=tables.count)}"


def _text_rows(content: Content, encoding: str) -> tuple[list[list[str]], str]:
    """First rows of a text, split by the delimiter that gives the most rows of one width."""
    with io.TextIOWrapper(
        content.open(), encoding="utf-8-sig" if encoding == "utf-8" else encoding, newline="",
        errors="replace",
    ) as file:  # fmt: skip
        text = file.read(200_000)
    best: tuple[int, list[list[str]], str] = (0, [[line] for line in text.splitlines()], "")
    for delimiter in DELIMITERS:
        try:
            reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            rows = [row for row, _ in zip(reader, range(TOP_ROWS), strict=False)]
        except csv.Error:
            continue
        widths = [len(row) for row in rows if len(row) > 1]
        common = max(set(widths), key=widths.count, default=0)
        fit = widths.count(common) * min(common, 5)
        if fit > best[0]:
            best = (fit, rows, delimiter)
    return best[1][:TOP_ROWS], best[2]


def _sheet_rows(content: Content) -> tuple[list[list[str]], int, list[str]]:
    """First rows of the first sheet that is a table, its position, and all sheets."""
    import fastexcel  # noqa: PLC0415 - only for workbooks

    from pipelines.connectors.unreadable import no_workbook  # noqa: PLC0415

    try:
        with content.open() as stream:
            book = fastexcel.read_excel(stream.read())
        for position, name in enumerate(book.sheet_names, start=1):
            cells = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string").to_polars()
            if cells.height > 1 and cells.width > 1:
                rows = [[cell or "" for cell in row] for row in cells.head(TOP_ROWS).rows()]
                return rows, position, book.sheet_names
    except fastexcel.FastExcelError as error:
        raise no_workbook(probe(), content) from error
    raise SourceError("No sheet of the workbook holds a table.", where=content.where)


def _header_rows(rows: list[list[str]]) -> tuple[list[int], int]:
    """Rows of the column names, and how many rows below them are no records."""
    filled = [sum(1 for cell in row if cell.strip(BLANKS)) for row in rows]
    width = max(filled, default=0)
    header = next(
        (i for i, n in enumerate(filled) if n >= max(2, 0.6 * width) and _are_names(rows[i])), 0
    )
    below = rows[header + 1 : header + 4]
    for skip, row in enumerate(below[:2], start=1):
        if sum('"ImportId"' in cell for cell in row) > 1:
            return [header + 1], skip
    names = [tidy(name) for name in rows[header]] if rows else []
    twice = len({n for n in names if n}) < len([n for n in names if n])
    if header and 2 <= filled[header - 1] < filled[header] and (twice or _has_gaps(rows, header)):
        return [header, header + 1], 0
    if below and _fills_gaps(rows[header], below[0]):
        return [header + 1, header + 2], 0
    has_blanks = "" in [*names, *(cell.strip(BLANKS) for cell in (below or [[]])[0])]
    if below and has_blanks and _is_second_line(below[0]):
        return [header + 1, header + 2], 0
    return [header + 1], 0


def _are_names(row: list[str]) -> bool:
    """Whether the cells look like names rather than answers."""
    cells = [cell.strip(BLANKS) for cell in row if cell.strip(BLANKS)]
    values = sum(
        bool(re.search(PLAIN_NUMBER, c) or re.search(r"@|^\d[\d./: -]+$", c)) for c in cells
    )
    years = sum(bool(re.fullmatch(r"(19|20)\d\d", c)) for c in cells)
    return bool(cells) and values - years <= 0.2 * len(cells)


def _has_gaps(rows: list[list[str]], header: int) -> bool:
    """Whether the row above is a merged one: its names stand over several columns."""
    above = [bool(cell.strip(BLANKS)) for cell in rows[header - 1]]
    return any(a and not b for a, b in pairwise(above))


def _fills_gaps(upper: list[str], lower: list[str]) -> bool:
    """Whether the lower row names what lies under merged cells of the upper, and only that."""
    both = zip(upper, lower, strict=False)
    pairs = [(bool(a.strip(BLANKS)), bool(b.strip(BLANKS))) for a, b in both]
    gaps = [b for a, b in pairs if not a]
    return bool(gaps) and all(gaps) and (True, False) in pairs and _are_names(lower)


def _is_second_line(row: list[str]) -> bool:
    words = {same(cell) for cell in row}
    return bool(
        words & {"response", "open-ended response", "antwort", "réponse", "score", "respuesta"}
    )


def _leave_notes_out(found: FileLook) -> None:
    """Totals and notes under the table: told by the first cell, and taken out of the sample."""
    first = found.sample.to_series(0).fill_null("")
    filled = found.sample.select(
        pl.sum_horizontal(pl.all().fill_null("").str.strip_chars(BLANKS) != "")
    ).to_series()
    n = found.sample.height
    is_total = pl.Series([same(t) in TOTAL_WORDS for t in first.to_list()], dtype=pl.Boolean)
    is_note = (filled <= 1) & (first != "") & (pl.int_range(n, eager=True) > 0.5 * n)
    if found.sample.width < 3:
        is_note = is_note & first.str.contains(r"^[*†‡¹²]|:")
    patterns = [re.escape(t) + "$" for t in dict.fromkeys(first.filter(is_total).to_list())]
    records = first.filter(~(is_total | is_note))
    patterns += [_mark_of(t, records) for t in first.filter(is_note & ~is_total).to_list()]
    if patterns:
        found.reading["footnotes"] = list(dict.fromkeys(patterns))
        found.notes.append("rows that begin so are totals or notes, no records")
        found.sample = found.sample.filter(~(is_total | is_note))


def _mark_of(note: str, records: pl.Series) -> str:
    """The shortest pattern that tells a note from every record: a sign, a word, or all of it."""
    text = note.strip(BLANKS)
    # a number or a short word alone may begin a record that is not in the sample
    short = re.match(r"[*†‡¹²\[(]|[\w .-]{1,20}:|[^\W\d]{4,}", text)
    marks = [re.escape(t) for t in ([short[0]] if short else []) + [text[:40]]]
    return next((m for m in marks if not begins_with(records, [m]).any()), re.escape(text) + "$")
