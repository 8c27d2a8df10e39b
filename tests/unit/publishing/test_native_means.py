"""Native means are told where they say what the score says, and nowhere else."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.publishing.native_means import ANSWERS, scores_on_one_scale


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    for schema in ("marts", "raw", "staging"):
        con.execute(f"create schema {schema}")
    con.execute(
        "create table marts.dim_metrics as from (values ('engagement', 'mean'), ('mixed', 'mean'),"
        " ('pride', 'top_box'), ('nps', 'net_promoter'), ('ease', 'mean'))"
        " as a(metric_id, metric_kind)"
    )
    con.execute(
        "create table raw.declared_metric_items as from (values ('engagement', 'q1'),"
        " ('engagement', 'q2'), ('mixed', 'q1'), ('mixed', 'q3'), ('pride', 'q1'),"
        " ('nps', 'recommend'), ('ease', 'ces')) as a(metric_id, item_code)"
    )
    con.execute("create table raw.declared_settings (setting varchar, value_text varchar)")
    for name in ANSWERS:
        con.execute(
            f"create table staging.{name} (item_code varchar, scale_min double, scale_max double,"
            " direction varchar)"
        )
    con.execute(
        "insert into staging.stg_employee_responses values ('q1', 1, 5, 'higher'),"
        " ('q1', 1, 5, 'higher'), ('q2', 1, 5, 'higher'), ('q3', 1, 5, 'lower')"
    )
    con.execute(
        "insert into staging.stg_customer_feedback values ('recommend', 0, 10, 'higher'),"
        " ('ces', 1, 7, 'higher')"
    )
    return con


def test_means_of_one_scale(con: duckdb.DuckDBPyConnection) -> None:
    assert scores_on_one_scale(con) == ["ease", "engagement"]
    con.execute("insert into staging.stg_unit_scores values ('ces', 1, 5, 'higher')")
    assert scores_on_one_scale(con) == ["engagement"]


def test_public_data_are_told_as_they_are(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into raw.declared_settings values ('suppression', 'publisher')")
    assert len(scores_on_one_scale(con)) == 5
