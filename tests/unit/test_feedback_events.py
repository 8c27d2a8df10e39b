"""Questions of one event are found in the feedback itself, in one record each or in one for all."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from pipelines.feedback_events import RECORDS, answers_per_event, asked_together


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    return con


def land(con: duckdb.DuckDBPyConnection, *rows: tuple[str, int, str, str]) -> None:
    """Rows of source, record, event and item."""
    answers = pl.DataFrame(
        list(rows), schema=["source", "record_number", "feedback_id", "item_code"], orient="row"
    )
    con.register("answers", answers)
    con.execute("create or replace table raw.customer_feedback as from answers")


def test_columns_of_one_record_and_records_of_one_event(con: duckdb.DuckDBPyConnection) -> None:
    wide = [("wide", i, f"w{i}", item) for i in range(4) for item in ("csat", "ease")]
    long = [("long", 2 * i + k, f"l{i}", q) for i in range(4) for k, q in enumerate(("nps", "why"))]
    land(con, *wide, *long)
    assert asked_together(con) == [frozenset({"csat", "ease"}), frozenset({"nps", "why"})]
    assert answers_per_event(con) == 2


def test_the_same_id_in_two_sources_is_two_events(con: duckdb.DuckDBPyConnection) -> None:
    land(con, ("a", 1, "f1", "csat"), ("b", 1, "f1", "nps"))
    assert asked_together(con) == []
    assert answers_per_event(con) == 1


def test_a_corrected_answer_is_one(con: duckdb.DuckDBPyConnection) -> None:
    land(con, ("a", 1, "f1", "csat"), ("a", 2, "f1", "csat"))
    assert answers_per_event(con) == 1


@pytest.mark.parametrize(("n_both", "is_usual"), [(1, False), (2, True)])
def test_half_of_the_events_of_the_rarer_question(
    con: duckdb.DuckDBPyConnection, n_both: int, is_usual: bool
) -> None:
    rare = [("a", i, f"f{i}", "nps") for i in range(4)]
    often = [("a", 10 + i, f"f{i if i < n_both else 100 + i}", "csat") for i in range(50)]
    land(con, *rare, *often)
    assert bool(asked_together(con)) == is_usual


def test_of_a_long_batch_the_beginning_is_read(con: duckdb.DuckDBPyConnection) -> None:
    late = [("a", RECORDS + i, f"f{i}", item) for i in (1, 2) for item in ("csat", "nps")]
    land(con, *late)
    assert asked_together(con) == []


def test_without_feedback(con: duckdb.DuckDBPyConnection) -> None:
    land(con)
    assert asked_together(con) == []
    assert answers_per_event(con) == 1
