"""What a metric is made of, and where its native mean says what the score says."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

from pipelines.publishing.metric_answers import metric_catalogue, scores_on_one_scale

ANSWERS = ("item_code varchar, scale_min double, scale_max double, direction varchar,"
           " score_raw double")  # fmt: skip
TABLES = {
    "marts.dim_metrics": "metric_id varchar, metric_kind varchar",
    "raw.declared_metrics": "metric_id varchar, top_box_from double",
    "raw.declared_metric_items": "metric_id varchar, item_code varchar",
    "raw.declared_settings": "setting varchar, value_text varchar",
    "staging.stg_employee_responses": ANSWERS,
    "staging.stg_customer_feedback": ANSWERS,
    "staging.stg_unit_scores": ANSWERS,
}


@pytest.fixture
def con(views: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    con = views(TABLES, ["int_question_scales"])
    con.execute(
        "insert into marts.dim_metrics values ('engagement', 'mean'), ('mixed', 'mean'),"
        " ('pride', 'top_box'), ('nps', 'net_promoter'), ('ease', 'mean');"
        "insert into raw.declared_metric_items values ('engagement', 'q1'),"
        " ('engagement', 'q2'), ('mixed', 'q1'), ('mixed', 'q3'), ('pride', 'q1'),"
        " ('nps', 'recommend'), ('ease', 'ces');"
        "insert into raw.declared_metrics select metric_id,"
        " if(metric_kind = 'top_box', 4.0, null) as top_box_from from marts.dim_metrics;"
        "insert into staging.stg_employee_responses values ('q1', 1, 5, 'higher', 4),"
        " ('q1', 1, 5, 'higher', 2), ('q2', 1, 5, 'higher', 5), ('q3', 1, 5, 'lower', 1);"
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
