"""All estimates as a workbook: a readme sheet, the estimates and the guards.

What belongs here: writing released rows into XLSX, the same bytes for the same rows. What does not:
anything that is not in the shared tables.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import polars as pl
import xlsxwriter

from pipelines.report.catalogue import Catalogue
from pipelines.report.published import Published

CREATED = dt.datetime(2000, 1, 1)  # noqa: DTZ001 - a fixed time, so that equal rows give equal files
WIDEST = 60


def estimates_workbook(published: Published, text: Catalogue) -> bytes:
    """`linkage_estimates` and `linkage_guards` with a first sheet that says what they are."""
    file = io.BytesIO()
    # text stays text: no value becomes a formula or a link
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "default_date_format": "yyyy-mm-dd"}  # fmt: skip
    with xlsxwriter.Workbook(file, options) as book:
        book.set_properties({"created": CREATED, "title": published.publication["title"]})
        bold = book.add_format({"bold": True})
        _readme(book, published, text, bold)
        for name in ("linkage_estimates", "linkage_guards"):
            _sheet(book, name, published.tables[name], bold)
    return file.getvalue()


def _readme(book: xlsxwriter.Workbook, published: Published, text: Catalogue, bold: Any) -> None:
    sheet = book.add_worksheet("readme")
    sheet.set_column(0, 0, 32)
    sheet.set_column(1, 1, 100)
    publication = published.publication
    rows: list[Sequence[str]] = [
        (text("page.kicker"), publication["title"]),
        (text("workbook.rows"), text("workbook.rows_words")),
        (text("workbook.refused"), text("workbook.refused_words")),
        (text("workbook.rounded"), text("workbook.rounded_words")),
        (text("provenance.config_hash"), publication["config_hash"]),
        (text("provenance.input_hash"), publication["input_hash"]),
    ]
    dictionary = published.tables["data_dictionary"].filter(
        pl.col("table_name").is_in(["linkage_estimates", "linkage_guards"])
    )
    rows += [("", "")]
    rows += [
        (f"{r['table_name']}.{r['column_name']}", text.described(r["column_description"]))
        for r in dictionary.iter_rows(named=True)
    ]
    for i, (head, words) in enumerate(rows):
        sheet.write_string(i, 0, head, bold)
        sheet.write_string(i, 1, words)


def _sheet(book: xlsxwriter.Workbook, name: str, frame: pl.DataFrame, bold: Any) -> None:
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    for column, title in enumerate(frame.columns):
        sheet.write_string(0, column, title, bold)
        values = frame[title].to_list()
        longest = max([len(title), *(len(str(v)) for v in values if v is not None)])
        sheet.set_column(column, column, min(longest + 2, WIDEST))
        for row, value in enumerate(values, 1):
            if value is not None:
                sheet.write(row, column, value)
    sheet.autofilter(0, 0, max(frame.height, 1), len(frame.columns) - 1)
