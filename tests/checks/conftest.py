"""One database for the session on which every check passes, and a way to spoil it and mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from data_checks.registry import SCHEMAS
from pipelines.contract import RAW_TABLES, SQL_TYPES

HERE = Path(__file__).parent
DECLARED = {
    "declared_periods": "period_id varchar, period_index bigint, period_start date, "
    "period_end date, is_closed boolean",
    "declared_waves": "wave_id varchar, wave_start date, wave_end date, period_id varchar",
    "declared_metric_items": "metric_id varchar, item_code varchar",
    "declared_settings": "setting varchar, value_text varchar",
    "declared_sources": "source varchar, is_snapshot boolean",
    "feedback_forms": "item_codes varchar[], n_events bigint",
    "declared_pairs": "pair_id varchar, x_metric_id varchar, y_metric_id varchar, "
    "is_primary boolean",
}
"""Tables of the raw stage beside the landed ones that checks read."""


@pytest.fixture(scope="session")
def good() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database on which every check passes."""
    con = duckdb.connect()
    for schema in (*SCHEMAS, "staging", "intermediate"):
        con.execute(f"create schema {schema}")
    for table in RAW_TABLES.values():
        columns = ", ".join(f"{c.name} {SQL_TYPES[c.kind]}" for c in table.columns)
        con.execute(f"create table raw.{table.name} ({columns})")
    for name, columns in DECLARED.items():
        con.execute(f"create table raw.{name} ({columns})")
    for stage in SCHEMAS:
        con.execute((HERE / f"good_{stage}.sql").read_text("utf-8"))
    yield con
    con.close()


@pytest.fixture
def spoiled(good: duckdb.DuckDBPyConnection) -> Callable:
    """Run SQL inside a `with`; afterwards the tables it changed are as before."""

    @contextmanager
    def spoil(sql: str) -> Iterator[None]:
        names = set(re.findall(r"(?:update|into|from|alter table)\s+(\w+\.\w+)", sql))
        good.execute("create schema if not exists kept_aside")
        for name in names:
            good.execute(f"create table kept_aside.{name.replace('.', '__')} as from {name}")
        try:
            good.execute(sql)
            yield
        finally:
            for name in names:
                aside = f"kept_aside.{name.replace('.', '__')}"
                good.execute(f"create or replace table {name} as from {aside}")
                good.execute(f"drop table {aside}")

    return spoil
