"""Sheets of XLSX, XLS and ODS workbooks as batches of text records.

What belongs here: finding the sheet and its header. What does not: what the text means
(connectors.mapping). Cells become text as the workbook stores them: dates as ISO timestamps,
whole numbers without decimals, formulas as their last computed value.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

import fastexcel
import polars as pl

from pipelines.connectors.columns import addressable, joined_header, question_texts
from pipelines.connectors.contents import Content
from pipelines.connectors.locations import texts_of_sheet
from pipelines.connectors.records import Records, sliced
from pipelines.connectors.unreadable import no_workbook
from pipelines.errors import SourceError
from pipelines.program.source import Source


def open_content(source: Source, content: Content) -> list[Records]:
    """Open a sheet, or every sheet a pattern fits."""
    try:
        with content.open() as stream:
            book = fastexcel.read_excel(stream.read())
        if isinstance(source.sheet, str) and any(c in source.sheet for c in "*?["):
            names = _sheets(source, content, book.sheet_names)
            return [_open_sheet(source, book, name, name) for name in names]
        return [_open_sheet(source, book, _sheet(source, content, book.sheet_names))]
    except fastexcel.FastExcelError as error:
        raise no_workbook(source, content) from error


def _open_sheet(
    source: Source, book: fastexcel.ExcelReader, sheet: int | str, name: str = ""
) -> Records:
    """One sheet; the first row with a name from `header_row` on is its header."""
    # all rows as data: the library would rename columns of the same name
    cells = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    header, first = _header(source, cells)
    body = cells.slice(first + source.skip_rows)
    own = addressable(header)

    def read(places):
        frame = body.select(pl.nth(places).name.keep()) if places else body
        frame.columns = [own[i] for i in places] or frame.columns
        return sliced(frame)

    below = [list(row) for row in cells.slice(first, source.skip_rows).iter_rows()]
    return Records(
        header, read if header else lambda places: iter(()), has_typed_dates=True,
        question_texts=question_texts(header, below), sheet=name,
    )  # fmt: skip


def _header(source: Source, cells: pl.DataFrame) -> tuple[list[str], int]:
    """Column names, and the place of the first row below them."""
    rows = source.header_rows
    if not rows:
        return [""] * cells.width, 0
    if len(rows) > 1:
        if rows[-1] > cells.height:
            return [], cells.height
        return joined_header([list(cells.row(row - 1)) for row in rows]), rows[-1]
    for row in range(rows[0] - 1, cells.height):
        header = [name or "" for name in cells.row(row)]
        if any(name.strip() for name in header):
            return header, row + 1
    return [], cells.height


def _sheets(source: Source, content: Content, names: list[str]) -> list[str]:
    """Sheets the pattern fits, in their order, but those whose name tells no `sheet_name`."""
    wanted = str(source.sheet).casefold()
    asked = sum(m.sheet_name is not None for m in source.columns.values())
    found = [
        name for name in names
        if fnmatchcase(name.strip().casefold(), wanted)
        and len(texts_of_sheet(source, name)) == asked
    ]  # fmt: skip
    if not found:
        raise SourceError(
            f"Source {source.name} has no sheet that fits {source.sheet!r} and its `sheet_name`.",
            where=content.where,
            mend=f"its sheets are: {', '.join(map(repr, names))}",
        )
    return found


def _sheet(source: Source, content: Content, names: list[str]) -> int | str:
    wanted = source.sheet
    if isinstance(wanted, str):
        alike = [n for n in names if n.strip().casefold() == wanted.strip().casefold()]
        if wanted in names or len(alike) == 1:
            return wanted if wanted in names else alike[0]
    elif 1 <= wanted <= len(names):
        return wanted - 1
    raise SourceError(
        f"Source {source.name} has no sheet {source.sheet!r}.",
        where=content.where,
        mend=f"set `sheet` to one of: {', '.join(map(repr, names))}",
    )
