"""Rejects: the account of what could not be used, by record, column and reason.

What belongs here: which fault of a record is named, and the shape of reject rows. What does not:
finding the faults of single values (connectors.values) and the limit on rejects (file connector).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from pipelines.contract import REJECTED_ROWS

COLUMNS = ("record_number", "column_name", "reason", "value_class", "is_filtered", "n_rows")
SCHEMA = {name: REJECTED_ROWS.schema[name] for name in COLUMNS}
PLANNED = ("filtered", "blank_identifier", "blank_record")
"""Reasons that do not count against `max_rejected_share`."""
VALUE_CLASSES = {
    "missing_required": "blank",
    "blank_identifier": "blank",
    "blank_record": "blank",
    "out_of_scale": "number",
    "malformed_record": "record",
}
"""What stood where the fault is; any other reason: text."""


@dataclass(frozen=True)
class Fault:
    """Records that cannot be used, all for one reason."""

    is_at_fault: pl.Series
    reason: str
    column: str | None


def first_faults(faults: Sequence[Fault], n_records: int) -> pl.DataFrame | None:
    """Place, reason and column of the first fault of each record at fault; None: all are good."""
    parts = []
    seen = pl.Series([False], dtype=pl.Boolean).new_from_index(0, n_records)
    for fault in faults:
        new = fault.is_at_fault & ~seen
        if new.any():
            parts.append(
                pl.DataFrame({"row": new.arg_true()}).with_columns(
                    pl.lit(fault.reason).alias("reason"),
                    pl.lit(fault.column, pl.String).alias("column_name"),
                )
            )
            seen |= new
    return pl.concat(parts) if parts else None


def reject_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Reject rows from record_number, column_name, reason and n_rows: never with a value."""
    classes = pl.col("reason").replace_strict(VALUE_CLASSES, default="text", return_dtype=pl.String)
    return frame.with_columns(
        classes.alias("value_class"), pl.col("reason").is_in(PLANNED).alias("is_filtered")
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())


def shapeless_rejects(numbers: Sequence[int], reason: str) -> pl.DataFrame:
    """Reject rows for records that could not be split into fields."""
    frame = pl.DataFrame({"record_number": list(numbers)}, schema={"record_number": pl.Int64})
    return reject_rows(
        frame.with_columns(
            pl.lit(None, pl.String).alias("column_name"),
            pl.lit(reason).alias("reason"),
            pl.lit(1).alias("n_rows"),
        )
    )
