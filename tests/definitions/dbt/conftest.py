"""The dbt project as its manifest tells it, read once a session."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import duckdb
import pytest

from pipelines import models


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """The manifest of the project as it is now."""
    return json.loads(models.ensure_manifest().read_text())


@pytest.fixture(scope="session")
def nodes(manifest) -> dict[str, dict[str, Any]]:
    """Models by name."""
    return {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "model"}


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """SQL of models that place people, and of some others, as dbt compiles it."""
    folder = tmp_path_factory.mktemp("compiled")
    found = models.invoke(
        ["compile", "--select", "fqn:crossvoice.intermediate.organization",
         "int_submissions_attributed", "int_question_scales", "int_people_on_both_sides"],
        target=folder / "dbt", warehouse=folder / "warehouse.duckdb",
        parsed=models.parsed_project(),
    )  # fmt: skip
    return {result.node.name: result.node.compiled_code for result in found.result.results}


@pytest.fixture(scope="session")
def views(compiled: dict[str, str]) -> Callable[..., duckdb.DuckDBPyConnection]:
    """Make a database in which models are views over tables to be filled."""

    def make(
        tables: Mapping[str, str], names: Sequence[str], schema: str = "intermediate"
    ) -> duckdb.DuckDBPyConnection:
        con = duckdb.connect()
        con.execute("attach ':memory:' as warehouse; use warehouse")
        for name in ("raw", "staging", "intermediate", "marts"):
            con.execute(f"create schema {name}")
        for table, columns in tables.items():
            con.execute(f"create table {table} ({columns})")
        for name in names:
            con.execute(f"create view {schema}.{name} as {compiled[name]}")
        return con

    return make
