"""The dbt project's own tests, and building it again."""

from __future__ import annotations

import json

from pipelines import models
from tests.pipeline.dbt.conftest import build_all

TABLES = (
    "marts.unit_period_metrics",
    "marts.linkage_panel",
    "marts.unit_period_scores",
    "marts.unit_period_participation",
    "marts.attribution_summary",
    "marts.dim_units",
)


def test_data_and_unit_tests_pass(built):
    results = built.dbt("test").result.results
    assert {str(r.status) for r in results} == {"pass"}
    kinds = {r.node.resource_type.value for r in results}
    assert kinds == {"test", "unit_test"}


def test_again_gives_the_same_tables(built):
    """All but the last digits of means, whose sums have no fixed order."""
    sql = "select columns(c -> c not in ('value', 'variance', 'mean_e', 'mean_c', 'var_e', 'var_c'"
    sql += ", 'employee_score', 'customer_score', 'value_native')) from {} order by all"
    before = {table: built.rows(sql.format(table)) for table in TABLES}
    build_all(built)
    assert {table: built.rows(sql.format(table)) for table in TABLES} == before


def test_every_column_there_is_described_and_no_other(built):
    """Marts are held to it by their contracts; the stages before them by this."""
    manifest = json.loads(models.ensure_manifest().read_text())
    told = {
        (node["schema"], node["name"], column)
        for node in manifest["nodes"].values()
        if node["resource_type"] in ("model", "seed")
        for column in node["columns"]
    }
    there = built.rows(
        "select table_schema, table_name, column_name from information_schema.columns"
        " where table_schema in ('staging', 'intermediate', 'marts')"
        " and table_name <> 'publication_mask'"
    )
    assert set(there) == told
