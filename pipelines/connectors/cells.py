"""The cells of a batch of records: the columns a program names, cleaned, under its names.

What belongs here: blanks, missing codes and marks behind numbers. What does not: what the texts
become (connectors.mapping).
"""

from __future__ import annotations

import polars as pl

from pipelines.connectors.columns import used_columns
from pipelines.connectors.conversion import clean
from pipelines.connectors.numbers import without_marks
from pipelines.contract import SOURCE_TABLES
from pipelines.program.source import Source


def cleaned(source: Source, found: dict[str, str], records: pl.DataFrame) -> pl.DataFrame:
    """Texts of the columns the source names; null for blanks, missing codes, columns not there.

    `found` is the column of the file for each name; codes of what the publisher withheld are kept
    in columns of answers, where they mean something.
    """
    answers = {name for rule in source.values for name in rule.columns}
    marked = answers | _numeric_columns(source) if source.marks else set()
    nothing = pl.Series([None], dtype=pl.String).new_from_index(0, records.height)
    columns = []
    for name in used_columns(source):
        text = records[found[name]] if name in found else nothing
        codes = source.missing if name in answers else [*source.missing, *source.suppressed]
        if name in marked:
            text = without_marks(text, source.marks)
        columns.append(clean(text, codes).alias(name))
    return pl.DataFrame(columns)


def _numeric_columns(source: Source) -> set[str | None]:
    mapped = SOURCE_TABLES[source.table].mapped
    return {m.column for n, m in source.columns.items() if mapped[n].kind in ("double", "integer")}
