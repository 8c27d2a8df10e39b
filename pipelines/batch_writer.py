"""The Parquet files of one batch, written frame by frame.

What belongs here: types, compression and provenance columns of landed files, and the counts of a
batch. What does not: when a batch becomes visible (landing) and what the rows mean (connectors).
"""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from pipelines.contract import COMMENTS, REJECTED_ROWS, SOURCE_TABLES, ContractTable
from pipelines.landing import REJECTS

IDENTITIES = ("response_id", "feedback_id", "action_id", "parent_key", "record_number")
"""Columns that hardly repeat: a dictionary of their values would cost time and save nothing."""


class BatchWriter:
    """Collects the frames of one batch and their counts, file by file."""

    def __init__(self, folder: Path, source: str, batch: str, input_name: str, table: str) -> None:
        self.folder, self.table = folder, table
        self.rows_read = self.rows_kept = self.rows_rejected = self.rows_filtered = 0
        self._provenance = {"source": source, "batch": batch, "input": input_name}
        self._tables = {
            table: SOURCE_TABLES[table],
            COMMENTS.name: COMMENTS,
            REJECTS: REJECTED_ROWS,
        }
        self._writers: dict[str, pq.ParquetWriter] = {}
        self._append(table, pl.DataFrame(schema=self._tables[table].schema))

    def add(
        self, rows: pl.DataFrame, comments: pl.DataFrame, rejects: pl.DataFrame, n_read: int
    ) -> None:
        """Add what one batch of records became."""
        self.rows_read += n_read
        self.rows_kept += rows.height
        self.rows_rejected += int(rejects["n_rows"].sum())
        self.rows_filtered += int(rejects.filter("is_filtered")["n_rows"].sum())
        for table, frame in ((self.table, rows), (COMMENTS.name, comments), (REJECTS, rejects)):
            if frame.height:
                self._append(table, frame)

    def __enter__(self) -> BatchWriter:
        return self

    def __exit__(self, *_: object) -> None:
        """Finish the files."""
        for writer in self._writers.values():
            writer.close()

    def _append(self, table: str, frame: pl.DataFrame) -> None:
        frame = frame.with_columns(
            pl.lit(v, pl.String).alias(k) for k, v in self._provenance.items()
        )
        whole = frame.select(
            (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name)
            for name, kind in self._tables[table].schema.items()
        )
        arrow = whole.to_arrow(compat_level=pl.CompatLevel.oldest())
        if table not in self._writers:
            self._writers[table] = pq.ParquetWriter(
                self.folder / f"{table}.parquet",
                arrow.schema,
                compression="zstd",
                use_dictionary=_repeating(self._tables[table]),
                write_statistics=False,  # every reader reads the whole file
            )
        self._writers[table].write_table(arrow)


def _repeating(table: ContractTable) -> list[str]:
    return [
        c.name
        for c in table.columns
        if c.kind not in ("key", "timestamp") and c.name not in IDENTITIES
    ]
