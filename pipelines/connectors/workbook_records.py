"""XLSX sheets as batches of text records.

What belongs here: finding the sheet and its header. What does not: what the text means
(connectors.mapping). Cells become text as the workbook stores them: dates as ISO timestamps,
whole numbers without decimals, formulas as their last computed value.
"""

from __future__ import annotations

from pathlib import Path

import fastexcel
import polars as pl

from pipelines.connectors.records import Records, sliced
from pipelines.connectors.unreadable import no_workbook
from pipelines.errors import SourceError
from pipelines.program.source import Source


def open_file(source: Source, path: Path) -> Records:
    """Open one sheet; the first row with a name from `header_row` on is its header."""
    try:
        book = fastexcel.read_excel(path)
        sheet = _sheet(source, path, book.sheet_names)
        # all rows as data: the library would rename columns of the same name
        cells = book.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="string").to_polars()
    except fastexcel.FastExcelError as error:
        raise no_workbook(source, path) from error
    for row in range(source.header_row - 1, cells.height):
        header = [name or "" for name in cells.row(row)]
        if any(name.strip() for name in header):
            break
    else:
        return Records([], lambda places: iter(()))
    body = cells.slice(row + 1)

    def read(places):
        frame = body.select(pl.nth(places).name.keep()) if places else body
        frame.columns = [header[i] for i in places] or frame.columns
        return sliced(frame)

    return Records(header, read, has_typed_dates=True)


def _sheet(source: Source, path: Path, names: list[str]) -> int | str:
    if isinstance(source.sheet, str) and source.sheet in names:
        return source.sheet
    if isinstance(source.sheet, int) and 1 <= source.sheet <= len(names):
        return source.sheet - 1
    raise SourceError(
        f"Source {source.name} has no sheet {source.sheet!r}.",
        where=str(path),
        mend=f"set `sheet` to one of: {', '.join(map(repr, names))}",
    )
