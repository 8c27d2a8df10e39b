"""The raw stage: landed batches as the contract tables.

What belongs here: which Parquet files the dbt project reads, and one door to the other tables of
the stage (declarations, unit_references, feedback_events). What does not: any change of a row. The
contract tables are views over the landed Parquet, so a run of 20 million rows copies nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

from pipelines import landing, warehouse
from pipelines.contract import (
    COMMENTS,
    INGEST_BATCHES,
    RAW_TABLES,
    REJECTED_ROWS,
    SQL_TYPES,
    ContractTable,
)
from pipelines.declarations import write_declarations
from pipelines.errors import SourceError
from pipelines.feedback_events import write_feedback_forms
from pipelines.program.model import Program
from pipelines.settings import Settings
from pipelines.unit_references import reference_key, write_unit_references

__all__ = [
    "reference_key",
    "register_batches",
    "write_declarations",
    "write_feedback_forms",
    "write_unit_references",
]


def register_batches(
    con: duckdb.DuckDBPyConnection, program: Program, settings: Settings
) -> dict[str, int]:
    """Make every contract table of the raw stage; returns rows by table."""
    manifests = {s.name: landing.batches_in_use(settings.landing, s.name) for s in program.sources}
    for table in RAW_TABLES.values():
        if table.name == INGEST_BATCHES.name:
            continue
        columns = [(c.name, SQL_TYPES[c.kind]) for c in table.columns]
        stored = landing.REJECTS if table.name == REJECTED_ROWS.name else table.name
        files = [
            file
            for source in program.sources
            for manifest in manifests[source.name]
            if table.name in (source.table, COMMENTS.name, REJECTED_ROWS.name)
            and (file := landing.batch_file(settings.landing, manifest, stored)).exists()
        ]
        lacking = _columns_lacking(table, files)
        instead = {name: "null" for name, where in lacking.items() if where == files}
        instead["input"] = _input_names(settings, manifests)
        warehouse.register_parquet(
            con, f"raw.{table.name}", columns, files, instead, by_name=bool(lacking)
        )
    batches = _ingest_batches(program, settings, manifests)
    warehouse.write_table(con, f"raw.{INGEST_BATCHES.name}", batches)
    return {name: warehouse.count_rows(con, f"raw.{name}") for name in RAW_TABLES}


def _columns_lacking(table: ContractTable, files: Sequence[Path]) -> dict[str, list[Path]]:
    """Columns that batches landed by an older version lack, each with its files; they are null.

    Raises SourceError where the contract has no null for the column.
    """
    lacking: dict[str, list[Path]] = {}
    for file in files:
        there = set(pq.read_schema(file).names)
        for column in table.columns:
            if column.name in there:
                continue
            if column.required:
                batch, source = file.parent.name, file.parent.parent.name
                raise SourceError(
                    f"Batch {batch} of source {source} was landed by an older version "
                    f"and lacks the column {column.name!r} of {table.name}, which every row needs.",
                    where=str(file),
                    mend=f"land it anew: put its input back where the source looks for it, delete "
                    f"{file.parent} and run again",
                )
            lacking.setdefault(column.name, []).append(file)
    return lacking


def _input_names(settings: Settings, manifests: dict[str, list[landing.Manifest]]) -> str:
    """SQL for the name an input goes by, which a shared batch may not have been landed under."""
    names = []
    for manifest in (m for found in manifests.values() for m in found):
        landed = landing.read_manifest(settings.landing, manifest.source, manifest.batch)
        if landed is not None and landed.input != manifest.input:
            name = manifest.input.replace("'", "''")
            names.append(
                f" when source = '{manifest.source}' and batch = '{manifest.batch}' then '{name}'"
            )
    return f"case{''.join(names)} else input end" if names else "input"


def _ingest_batches(
    program: Program, settings: Settings, manifests: dict[str, list[landing.Manifest]]
) -> pl.DataFrame:
    rows = []
    for source in program.sources:
        is_stale = landing.read_state(settings.landing, source.name).is_stale
        for manifest in manifests[source.name]:
            rows.append(
                {
                    **{k: v for k, v in asdict(manifest).items() if k in INGEST_BATCHES.schema},
                    "is_required": source.required,
                    "max_rejected_share": source.max_rejected_share,
                    "is_stale": is_stale,
                }
            )
    return pl.DataFrame(rows, schema=INGEST_BATCHES.schema)
