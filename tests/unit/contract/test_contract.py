"""The contract's own promises, and that its words cost no data library."""

from __future__ import annotations

import subprocess
import sys

import polars as pl
import pytest

from pipelines.contract import RAW_TABLES, SOURCE_TABLES, SQL_TYPES
from pipelines.settings import PROJECT_ROOT


@pytest.mark.parametrize("name", RAW_TABLES)
def test_every_column_has_a_type_on_both_sides(name: str) -> None:
    table = RAW_TABLES[name]
    assert all(column.kind in SQL_TYPES for column in table.columns)
    assert all(isinstance(kind, pl.DataType) for kind in table.schema.values())
    assert len(table.schema) == len(table.columns), "a name is there twice"


@pytest.mark.parametrize("name", SOURCE_TABLES)
def test_no_table_has_a_column_for_a_bare_identity(name: str) -> None:
    bare = {"name", "email", "phone", "customer_id", "employee_id", "comment", "text"}
    assert not bare & set(SOURCE_TABLES[name].schema)


@pytest.mark.parametrize(
    "module", ["pipelines.fingerprint", "pipelines.program.reading", "pipelines.landing"]
)
def test_asking_whether_there_is_news_imports_no_data_library(module: str) -> None:
    code = (
        f"import sys, {module}\n"
        "heavy = {'polars', 'pyarrow', 'duckdb', 'numpy', 'pandas', 'dagster', 'dbt'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
