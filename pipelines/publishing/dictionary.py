"""The data dictionary: what every published table and column means.

What belongs here: descriptions of the published tables and their columns, in words for HR and CX
people. What does not: descriptions of private tables; those are dbt's.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pipelines.publishing.audiences import AUDIENCES
from pipelines.publishing.dictionary_texts import COLUMNS, TABLES

FORMULAE = {
    "mean": "mean over respondents of the mean of their items, each 100 x (answer - worst) / "
    "(best - worst)",
    "top_box": "100 x answers in the favourable boxes / answers",
    "net_promoter": "100 x (answers 9 and 10 - answers 0 to 6) / answers",
    "share": "share as published, times 100",
}
"""Formula by kind of metric."""


MART_OF = {
    "employee_unit_period_metrics": "unit_period_metrics",
    "customer_unit_period_metrics": "unit_period_metrics",
    "unit_period_scores_restated": "unit_period_scores",
}
"""Published tables that are part of a mart of another name."""


def data_dictionary(
    frames: Mapping[str, pl.DataFrame], mart_columns: Mapping[str, Mapping[str, str]]
) -> pl.DataFrame:
    """One row per published table and column: type, meaning, audiences.

    `mart_columns` are dbt's descriptions by mart and column. Raises KeyError for a column that
    nobody describes.
    """
    rows = []
    described = {**frames, "data_dictionary": None}
    for table in sorted(described):
        frame = described[table]
        schema = DICTIONARY_SCHEMA if frame is None else frame.schema
        audiences = [name for name, tables in AUDIENCES.items() if table in tables]
        texts = {**mart_columns.get(MART_OF.get(table, table), {}), **COLUMNS.get(table, {})}
        for column, dtype in schema.items():
            rows.append(
                {
                    "table_name": table,
                    "table_description": TABLES[table],
                    "column_name": column,
                    "data_type": str(dtype).lower(),
                    "column_description": texts[column],
                    "audiences": ", ".join(audiences),
                }
            )
    return pl.DataFrame(rows, schema=DICTIONARY_SCHEMA)


DICTIONARY_SCHEMA = {
    "table_name": pl.String,
    "table_description": pl.String,
    "column_name": pl.String,
    "data_type": pl.String,
    "column_description": pl.String,
    "audiences": pl.String,
}
