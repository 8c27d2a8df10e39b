"""How many threads a run's DuckDB and dbt take: one of each where few rows have been landed.

What belongs here: that rule. What does not: who asks it (the warehouse of a run, dbt's builds).
"""

from __future__ import annotations

from pipelines import landing
from pipelines.settings import Settings

MANY_ROWS = 1_000_000
"""Landed rows from which a second thread of DuckDB does more than wait for the first, and DuckDB
works long enough for dbt to prepare another model meanwhile."""


def of_duckdb(settings: Settings) -> int | None:
    """One, or None for as many as DuckDB takes itself."""
    return 1 if _few_rows(settings) else None


def of_dbt(settings: Settings) -> int:
    """One, or two."""
    return 1 if _few_rows(settings) else 2


def _few_rows(settings: Settings) -> bool:
    rows = sum(batch.rows_kept for batch in landing.all_batches(settings.landing))
    return rows < MANY_ROWS
