"""What a metric is made of, and where its native mean says what the score says."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.publishing.metric_answers import (
    PUBLISHED_FIGURES,
    SINGLE_ANSWERS,
    metric_catalogue,
    scores_on_one_scale,
)


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
    con.execute(
        "create table raw.declared_metrics as select metric_id,"
        " if(metric_kind = 'top_box', 4.0, null) as top_box_from from marts.dim_metrics"
    )
    for name in (*SINGLE_ANSWERS, PUBLISHED_FIGURES):
        con.execute(
            f"create table staging.{name} (item_code varchar, scale_min double, scale_max double,"
            " direction varchar, score_raw double)"
        )
    con.execute(
        "insert into staging.stg_employee_responses values ('q1', 1, 5, 'higher', 4),"
        " ('q1', 1, 5, 'higher', 2), ('q2', 1, 5, 'higher', 5), ('q3', 1, 5, 'lower', 1)"
    )
    con.execute(
        "insert into staging.stg_customer_feedback values ('recommend', 0, 10, 'higher', 9),"
        " ('ces', 1, 7, 'higher', 3.5)"
    )
    return con


def test_means_of_one_scale(con: duckdb.DuckDBPyConnection) -> None:
    assert scores_on_one_scale(con) == ["ease", "engagement"]
    con.execute("insert into staging.stg_unit_scores values ('ces', 1, 5, 'higher', 3)")
    assert scores_on_one_scale(con) == ["engagement"]


def test_public_data_are_told_as_they_are(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into raw.declared_settings values ('suppression', 'publisher')")
    assert len(scores_on_one_scale(con)) == 5


def test_catalogue_says_what_one_answer_can_be(con: duckdb.DuckDBPyConnection) -> None:
    told = {row[0]: row[1:] for row in metric_catalogue(con).drop("metric_kind").iter_rows()}
    assert told == {
        "ease": ("ces", None, 1.0, 7.0, "higher", False),
        "engagement": ("q1, q2", None, 1.0, 5.0, "higher", True),
        "mixed": ("q1, q3", None, None, None, None, None),
        "nps": ("recommend", None, 0.0, 10.0, "higher", True),
        "pride": ("q1", 4.0, 1.0, 5.0, "higher", True),
    }


def test_figures_that_others_made_are_no_answers(con: duckdb.DuckDBPyConnection) -> None:
    con.execute("insert into staging.stg_unit_scores values ('ces', 1, 7, 'higher', 4)")
    (row,) = metric_catalogue(con).filter(metric_id="ease").drop("metric_kind").rows()
    assert row == ("ease", "ces", None, None, None, None, None)
