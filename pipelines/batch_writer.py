"""The Parquet files of one batch, written frame by frame.

What belongs here: types, compression and provenance columns of landed files, and the counts of a
batch. What does not: when a batch becomes visible (landing) and what the rows mean (connectors).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.contract import COMMENTS, REJECTED_ROWS, SOURCE_TABLES, Column, ContractTable
from pipelines.landing import REJECTS, file_name

Without = Callable[[pl.DataFrame, str], tuple[pl.DataFrame, pl.Series]]
"""Rows of a table in; those that may stay, and the record numbers of the others, out."""

IDENTITIES = ("response_id", "feedback_id", "action_id", "parent_key", "record_number")
"""Columns that hardly repeat: a dictionary of their values would cost time and save nothing."""


NAMES = ContractTable(
    "names",
    "one row per word of a name in a column under `names:`; never in the warehouse",
    (Column("name_key", "key", "Keyed hash of the word.", True),),
)
LANDED_TABLES: dict[str, ContractTable] = {
    **SOURCE_TABLES,
    COMMENTS.name: COMMENTS,
    REJECTS: REJECTED_ROWS,
    NAMES.name: NAMES,
}
"""Every table a batch may hold a file of."""


class BatchWriter:
    """Collects the frames of one batch and their counts, file by file."""

    def __init__(
        self,
        folder: Path,
        source: str,
        batch: str,
        input_name: str,
        table: str,
        without: Without | None = None,
    ) -> None:
        self.folder, self.table = folder, table
        self.rows_read = self.rows_kept = self.rows_rejected = self.rows_filtered = 0
        self.rows_erased = 0
        self._without = without
        self._provenance = {"source": source, "batch": batch, "input": input_name}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(
        self, rows: pl.DataFrame, comments: pl.DataFrame, rejects: pl.DataFrame, n_read: int
    ) -> None:
        """Add what one batch of records became, without erased people and rows that are too old."""
        if self._without is not None:
            rows, gone = self._without(rows, self.table)
            self.rows_erased += gone.len()
            comments = comments.filter(~pl.col("record_number").is_in(gone.implode()))
        self.rows_read += n_read
        self.rows_kept += rows.height
        self.rows_rejected += int(rejects["n_rows"].sum())
        self.rows_filtered += int(rejects.filter("is_filtered")["n_rows"].sum())
        for table, frame in ((self.table, rows), (COMMENTS.name, comments), (REJECTS, rejects)):
            if frame.height:
                self._append(table, frame)

    @property
    def has_comments(self) -> bool:
        """Whether any comment was added."""
        return COMMENTS.name in self._writers

    def add_names(self, keys: pl.Series) -> None:
        """Add words of names; each once in the end, when the list is read."""
        if keys.len():
            self._append(NAMES.name, pl.DataFrame({"name_key": keys}))

    def __enter__(self) -> BatchWriter:
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the files; that of the contract's table is there without rows too."""
        if self.table not in self._writers:
            self._append(self.table, pl.DataFrame(schema=SOURCE_TABLES[self.table].schema))
        for writer in self._writers.values():
            writer.close()

    def _append(self, table: str, frame: pl.DataFrame) -> None:
        schema, own = LANDED_TABLES[table].schema, self._provenance
        told = {n: pl.lit(own.get(n)) for n in schema if n in own or n not in frame.columns}
        whole = frame.select(
            told.get(name, pl.col(name)).cast(kind).alias(name) for name, kind in schema.items()
        )
        arrow = whole.to_arrow(compat_level=pl.CompatLevel.oldest())
        if table not in self._writers:
            path = self.folder / file_name(table, 0)
            self._writers[table] = open_writer(path, table, arrow.schema)
        self._writers[table].write_table(arrow)


def open_writer(path: Path, table: str, schema: pa.Schema) -> pq.ParquetWriter:
    """A Parquet file of a landed table, as all of them are written."""
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        use_dictionary=_repeating(LANDED_TABLES[table]),
        write_statistics=False,  # every reader reads the whole file
    )


def _repeating(table: ContractTable) -> list[str]:
    return [
        c.name
        for c in table.columns
        if c.kind not in ("key", "timestamp") and c.name not in IDENTITIES
    ]
