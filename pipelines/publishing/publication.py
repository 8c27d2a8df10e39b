"""The `publication` row: when and from what a release was made.

What belongs here: run id, clock times, hashes, thresholds, staleness. What does not: anything the
published numbers depend on; two releases of the same data differ in this table only.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import duckdb
import polars as pl

from pipelines.fingerprint import Fingerprint, git_commit
from pipelines.program.model import Program
from pipelines.publishing.sums import partial_sums
from pipelines.unmatched import coverage

SCHEMA = {
    "release_id": pl.String,
    "run_id": pl.String,
    "program": pl.String,
    "title": pl.String,
    "started_at": pl.Datetime("us"),
    "fingerprint": pl.String,
    "config_hash": pl.String,
    "code_hash": pl.String,
    "input_hash": pl.String,
    "git_commit": pl.String,
    "suppression": pl.String,
    "publisher": pl.String,
    "threshold_employee": pl.Int64,
    "threshold_customer": pl.Int64,
    "n_cells": pl.Int64,
    "n_cells_hidden": pl.Int64,
    "stale_sources": pl.String,
    "unattributed_share_employee": pl.Float64,
    "unattributed_share_customer": pl.Float64,
    "partial_sums_employee": pl.String,
    "partial_sums_customer": pl.String,
}
"""Columns of `publication`; declared, because a null alone has no type."""


def publication_row(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    made: Fingerprint,
    run_id: str,
    started_at: dt.datetime,
) -> dict[str, Any]:
    """The one row of `publication` for a candidate of that fingerprint."""
    cells, hidden = con.sql(
        "select count(*), count(*) filter (where not is_released) from marts.publication_mask"
    ).fetchall()[0]
    stale = con.sql(
        "select distinct source from raw.ingest_batches where is_stale order by source"
    ).fetchall()
    privacy = program.privacy
    by_voice = coverage(con, "voice").rows(named=True)
    shares = {row["voice"]: row["unattributed_share"] for row in by_voice}
    return {
        "release_id": f"{started_at:%Y%m%dT%H%M%SZ}-{made.whole[:8]}",
        "run_id": run_id,
        "program": program.program,
        "title": program.title,
        "started_at": started_at.replace(tzinfo=None),
        "fingerprint": made.whole,
        "config_hash": made.config,
        "code_hash": made.code,
        "input_hash": made.inputs,
        "git_commit": git_commit(),
        "suppression": privacy.suppression,
        "publisher": privacy.publisher,
        "threshold_employee": privacy.thresholds.employee,
        "threshold_customer": privacy.thresholds.customer,
        "n_cells": cells,
        "n_cells_hidden": hidden,
        "stale_sources": ", ".join(name for (name,) in stale),
        **{
            f"unattributed_share_{voice}": None if share is None else round(share, 3)
            for voice in ("employee", "customer")
            for share in [shares.get(voice)]
        },
        **{f"partial_sums_{voice}": text for voice, text in partial_sums(con).items()},
    }
