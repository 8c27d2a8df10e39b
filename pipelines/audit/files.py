"""Every other file of a release beside its Parquet tables: none may tell more than they do.

What belongs here: one reader per kind of file, and what must not stand in it. What does not: what
follows from the tables themselves (audit.attacks), and how a page is taken apart (audit.pages).

All attacks work on the Parquet tables. So it is enough that a DuckDB file holds the same tables,
and that every number of a page, drawing, text or workbook is one that the tables of its audience
tell.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import fastexcel
import polars as pl

from pipelines.audit.code_words import words_of_code
from pipelines.audit.evidence import Evidence, Finding
from pipelines.audit.pages import Row, page_rows, read_page, text_row
from pipelines.audit.told import Told

QUALITY = "data_quality.html"
SMALLEST_COUNT = 10
"""Counts of checks below it are not given."""
DRAWINGS = ("card.png",)
"""Pictures of a drawing that is read itself."""
DEFINITIONS = ("lineage.html", "methods.html", "data_dictionary.html")
"""Pages made from code only: whoever is named in them does not belong there."""
DIGITS = 12
"""Significant digits a workbook surely keeps."""
MOST = 5
"""Findings told of one file."""


def file_findings(evidence: Evidence) -> Iterator[Finding]:
    """What files of the release tell beyond its tables; each finding names the file."""
    told: dict[str, Told] = {}
    numbers: dict = {}
    for path in sorted(p for p in evidence.folder.rglob("*") if p.is_file()):
        audience = "" if path.parent == evidence.folder else _top(path, evidence.folder)
        if audience not in told:
            told[audience] = Told(evidence, audience, numbers)
        found = _findings(path, evidence, told[audience])
        for _, (attack, sentence) in zip(range(MOST), found, strict=False):
            yield Finding(attack, f"{path.relative_to(evidence.folder)}: {sentence}")


def _top(path: Path, folder: Path) -> str:
    return path.relative_to(folder).parts[0]


def quality_findings(folder: Path) -> list[str]:
    """Counts on the page about data quality that are too small to be given."""
    path = folder / QUALITY
    return [f"{QUALITY}: {s}" for _, s in _small_counts(path)] if path.exists() else []


def _findings(path: Path, evidence: Evidence, told: Told) -> Iterator[tuple[str, str]]:
    if path.suffix == ".parquet" and path.parent.name == "parquet":
        yield from _differs(pl.read_parquet(path), evidence.tables[path.stem])
    elif path.suffix == ".duckdb":
        yield from _database(path, evidence)
    elif path.suffix == ".xlsx":
        yield from _workbook(path, evidence, told)
    elif path.name == "publication.json":
        yield from _publication(path, evidence)
    elif path.name in DEFINITIONS:
        yield from _named(path, told)
    elif path.suffix in (".html", ".svg"):
        yield from _rows(page_rows(read_page(path), comma=told.comma), told)
        if path.name == QUALITY:
            yield from _small_counts(path)
    elif path.suffix == ".txt":
        lines = path.read_text("utf-8").splitlines()
        yield from _rows((text_row([line]) for line in lines), told)
    elif path.name not in DRAWINGS:
        yield "unknown_file", (
            "the audit does not know how to read this file. Declare it in pipelines/audit/files.py."
        )


def _differs(frame: pl.DataFrame, table: pl.DataFrame) -> Iterator[tuple[str, str]]:
    """A copy of a table that is not the table the attacks were tried on."""
    if frame.columns != table.columns or frame.height != table.height:
        more = ", ".join(sorted(set(frame.columns) ^ set(table.columns))) or "rows"
        yield "file_differs", f"holds other {more} than the same table elsewhere in the release."
    elif not frame.equals(table):
        column = next(c for c in frame.columns if not frame[c].equals(table[c]))
        differs = frame[column].ne_missing(table[column])
        row = frame.filter(differs).row(0, named=True)
        where = ", ".join(str(v) for k, v in row.items() if k.endswith("_id") and v is not None)
        yield "file_differs", (
            f"column {column} of {where} is not what the same table tells elsewhere in the release."
        )


def _database(path: Path, evidence: Evidence) -> Iterator[tuple[str, str]]:
    names = {p.stem for p in (path.parent / "parquet").glob("*.parquet")}
    with duckdb.connect(str(path), read_only=True) as con:
        found = [
            f"{schema}.{name}" if schema != "main" else name
            for schema, name in con.sql(
                "select table_schema, table_name from information_schema.tables order by all"
            ).fetchall()
        ]
        for name in sorted(set(found) ^ names):
            where = "only here" if name in found else "not here"
            yield "file_differs", f"table {name} is {where}, not in the Parquet files beside it."
        for name in sorted(set(found) & names):
            for attack, sentence in _differs(con.table(name).pl(), evidence.tables[name]):
                yield attack, f"table {name}: {sentence}"


def _workbook(path: Path, evidence: Evidence, told: Told) -> Iterator[tuple[str, str]]:
    book = fastexcel.read_excel(path)
    for name in book.sheet_names:
        sheet = book.load_sheet(name, dtypes="string").to_polars()
        table = evidence.tables.get(name)
        if table is None:
            texts = [[str(v) for v in row if v is not None] for row in sheet.iter_rows()]
            yield from _rows((text_row(row) for row in texts), told)
        elif sheet.columns != table.columns or sheet.height != table.height:
            yield "file_differs", f"sheet {name} holds other columns or rows than the table."
        else:
            numbers = table.select(pl.selectors.numeric().cast(pl.Float64))
            # as numbers: as texts those near zero would be 0
            kinds = {c: "float" if c in numbers.columns else "string" for c in table.columns}
            shown = book.load_sheet(name, dtypes=kinds).to_polars().select(numbers.columns)
            alike = pl.all().round_sig_figs(DIGITS)
            shown, numbers = shown.select(alike), numbers.select(alike)
            for attack, sentence in _differs(shown, numbers):
                yield attack, f"sheet {name}: {sentence}"


def _publication(path: Path, evidence: Evidence) -> Iterator[tuple[str, str]]:
    publication = evidence.publication
    for key, value in json.loads(path.read_text("utf-8")).items():
        if key in publication and str(publication[key]) != str(value):
            yield "file_differs", f"{key} is {value}, and the table publication tells another."
        elif key not in publication and not isinstance(value, str):
            yield "file_differs", f"{key} is not a column of the table publication."


def _named(path: Path, told: Told) -> Iterator[tuple[str, str]]:
    named = told.named_in(read_page(path))
    if named:  # seldom, and the words of the code take a second
        named -= words_of_code()
    if named:
        yield "hidden_in_file", f"names {min(named)}, though it is about definitions only."


def _rows(rows: Iterator[Row], told: Told) -> Iterator[tuple[str, str]]:
    for row in rows:
        untold = told.untold(row)
        if untold is not None:
            words = " | ".join((*row.texts, *(row.numbers if row.is_drawn else ())))[:120]
            yield "untold_number", f"{untold} is told by no table of this audience: {words}"


def _small_counts(path: Path) -> Iterator[tuple[str, str]]:
    for row in page_rows(read_page(path)):
        small = [t for t in row.texts if t.isdigit() and 0 < int(t) < SMALLEST_COUNT]
        if len(row.texts) > 1 and small:
            yield "small_count", f"a count of {small[0]} stands beside {row.texts[0]}."
