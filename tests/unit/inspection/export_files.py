"""How the made-up exports are written: text, workbooks, answers."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from random import Random

import xlsxwriter

STORES = ("Nordtor", "Südmarkt", "Hafen", "Altstadt", "Seeblick", "Bergstraße", "Westend", "Ostkai")
Rows = Sequence[Sequence[object]]


def text(path: Path, rows: Rows, *, delimiter: str = ",", encoding: str = "utf-8") -> Path:
    """Write a text file."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    path.write_bytes(out.getvalue().encode(encoding))
    return path


def sheet(path: Path, rows: Rows, merged: dict[str, str] | None = None) -> Path:
    """Write a workbook of one sheet."""
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet("Report")
        for i, row in enumerate(rows):
            page.write_row(i, 0, row)
        for cells, content in (merged or {}).items():
            page.merge_range(cells, content)
    return path


def answer(dice: Random, place: int, top: int) -> int:
    """An answer from 1 to `top`, better in some places."""
    return max(1, min(top, round(dice.gauss(0.45 * top + place * 0.05 * top, 0.2 * top))))
