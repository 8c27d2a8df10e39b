"""Sheets of XLSX, XLS and ODS workbooks as batches of text records.

What belongs here: finding the sheet and its header. What does not: what the text means
(connectors.mapping). Cells become text as the workbook stores them: dates as ISO timestamps,
whole numbers without decimals, formulas as their last computed value.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

import fastexcel
import polars as pl

from pipelines.connectors.columns import (
    addressable,
    find_columns,
    joined_header,
    question_texts,
)  # fmt: skip
from pipelines.connectors.contents import Content
from pipelines.connectors.locations import texts_of_sheet
from pipelines.connectors.records import Records, sliced
from pipelines.connectors.unreadable import no_workbook
from pipelines.contract import SOURCE_TABLES
from pipelines.errors import SourceError
from pipelines.program.source import Source

ERRORS = {"Div0": "#DIV/0!", "NA": "#N/A", "Name": "#NAME?", "Null": "#NULL!", "Num": "#NUM!",
          "Ref": "#REF!", "Value": "#VALUE!"}  # fmt: skip
"""What a cell shows whose formula failed, by the name the library has for it."""


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
    loaded = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string")
    cells, n_empty, errors = _cells(loaded)
    header, first = _header(source, cells)
    own = addressable(header)

    def read(places):
        told = _with_errors(cells, errors, _no_texts(source, header)) if errors else cells
        body = told.slice(above)
        frame = body.select(pl.nth(places).name.keep()) if places else body
        frame.columns = [own[i] for i in places] or frame.columns
        return sliced(frame)

    above = first + source.skip_rows
    of_sheet = f"of sheet {name!r}" if name else "of the sheet"
    below = [list(row) for row in cells.slice(first, source.skip_rows).iter_rows()]
    return Records(
        header, read if header else lambda places: iter(()), has_typed_dates=True,
        question_texts=question_texts(header, below), sheet=name, first=min(n_empty, len(header)),
        place=lambda number: f"row {above + number:,} {of_sheet}",
    )  # fmt: skip


def _cells(sheet: fastexcel.ExcelSheet) -> tuple[pl.DataFrame, int, dict[int, dict[int, str]]]:
    """All cells from column A on, how many columns are empty before the first, and what the cells
    of formulas that failed show, by column and row."""
    batch, failed = sheet.to_arrow_with_errors()
    cells = pl.from_arrow(batch)
    n_empty = sheet.available_columns()[0].absolute_index if cells.width else 0
    empty = [pl.lit(None, pl.String).alias(f"\x00{i}") for i in range(n_empty)]
    errors: dict[int, dict[int, str]] = {}
    for error in failed.errors if failed else ():
        row, column = error.offset_position
        shown = [text for kind, text in ERRORS.items() if f"Error({kind})" in error.detail]
        errors.setdefault(column + n_empty, {})[row] = shown[0] if shown else "#ERROR!"
    return cells.select(*empty, pl.all()), n_empty, errors


def _no_texts(source: Source, header: list[str]) -> set[int]:
    """Places of the columns that hold numbers or dates, where a formula that failed is a fault.

    In any other column it is no name and no key of anybody: the cell is blank.
    """
    mapped = SOURCE_TABLES[source.table].mapped
    names = {name for rule in source.values for name in rule.columns}
    names |= {m.column for n, m in source.columns.items() if mapped[n].kind not in ("text", "key")}
    found, own = find_columns(source, header, ""), addressable(header)
    return {own.index(found[name]) for name in names if name in found}


def _with_errors(
    cells: pl.DataFrame, errors: dict[int, dict[int, str]], places: set[int]
) -> pl.DataFrame:
    """The cells with what those of failed formulas show, in the columns at these places."""
    told = {place: errors[place] for place in places if place in errors}
    return cells.with_columns(
        cells.to_series(place).scatter(list(shown), list(shown.values()))
        for place, shown in told.items()
    )


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
