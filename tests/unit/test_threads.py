"""One thread where few rows have been landed, in the warehouse of a run and in dbt."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines import landing, threads, warehouse
from pipelines.landing import Manifest
from pipelines.settings import Settings


def landed(settings: Settings, rows: int) -> None:
    """One batch of so many rows."""
    with landing.new_batch(settings.landing, "tickets", "b1") as folder:
        counts = {"rows_read": rows, "rows_kept": rows, "rows_rejected": 0, "rows_filtered": 0}
        landing.write_manifest(
            folder,
            Manifest(
                source="tickets", batch="b1", input="t.csv", contract_table="customer_feedback",
                content_hash="0", mapping_version="0", columns_fingerprint="0", watermark=None,
                **counts,
            ),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "of_duckdb", "of_dbt"), [(0, 1, 1), (999_999, 1, 1), (1_000_000, None, 2)]
)
def test_a_second_thread_from_a_million_rows(
    tmp_path: Path, rows: int, of_duckdb: int | None, of_dbt: int
) -> None:
    settings = Settings(tmp_path, tmp_path / "home")
    landed(settings, rows)
    assert threads.of_duckdb(settings) == of_duckdb
    assert threads.of_dbt(settings) == of_dbt


def test_threads_hold_for_every_connection_to_the_file(tmp_path: Path) -> None:
    with warehouse.connect(tmp_path / "a.duckdb", threads=3) as con, warehouse.another(con) as two:
        assert two.sql("select current_setting('threads')").fetchall() == [(3,)]
