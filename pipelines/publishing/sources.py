"""What each source brought in: rows read, kept and left out, by reason.

What belongs here: adding up what landing has counted. What does not: how the counts are shown;
they are exact, and whoever shows them rounds them (`pipelines.report.quality`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class SourceRows:
    """One source: files and rows of its current batches."""

    source: str
    table: str
    """The contract table its rows went to."""
    files: int
    rows_read: int
    rows_kept: int
    left_out: dict[str, int]
    """Rows by the reason they were left out for, most first."""


def source_rows(con: duckdb.DuckDBPyConnection) -> list[SourceRows]:
    """The sources in the order of their names, from `raw.ingest_batches` and `rejected_rows`."""
    reasons: dict[tuple[str, str], dict[str, int]] = {}
    for source, table, reason, n in con.sql(
        "select b.source, b.contract_table, r.reason, sum(r.n_rows)::bigint as n"
        " from raw.rejected_rows as r join raw.ingest_batches as b using (source, batch)"
        " group by all order by n desc, r.reason"
    ).fetchall():
        reasons.setdefault((source, table), {})[reason] = n
    return [
        SourceRows(source, table, *counts, reasons.get((source, table), {}))
        for source, table, *counts in con.sql(
            "select source, contract_table, count(distinct input), sum(rows_read)::bigint,"
            " sum(rows_kept)::bigint from raw.ingest_batches group by all order by all"
        ).fetchall()
    ]
