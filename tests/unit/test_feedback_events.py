"""Questions of one event are found in the feedback itself, in one record each or in one for all."""

from __future__ import annotations

from collections import Counter, defaultdict
from itertools import combinations, groupby

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import feedback_events
from pipelines.feedback_events import (
    Form,
    forms_answered,
    read_feedback_forms,
    write_feedback_forms,
)
from tests.allotment import examples


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute("create schema raw")
    return con


def asked_together(con: duckdb.DuckDBPyConnection) -> list[frozenset[str]]:
    return feedback_events.asked_together(kept(con))


def answers_per_event(con: duckdb.DuckDBPyConnection) -> int:
    return feedback_events.answers_per_event(kept(con))


def kept(con: duckdb.DuckDBPyConnection) -> list[Form]:
    """The forms as those read them who follow: from the warehouse."""
    assert write_feedback_forms(con) == len(read_feedback_forms(con))
    return read_feedback_forms(con)


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


@pytest.mark.parametrize("by", ["record", "question", "batch"])
def test_it_does_not_matter_where_the_rows_of_an_event_stand(
    con: duckdb.DuckDBPyConnection, by: str
) -> None:
    """Of 20,000 events all answer two questions and 20 a third, which was added late."""
    rows = [
        (f"f{i}", item)
        for i in range(20_000)
        for item in (["csat", "nps"] if i < 19_980 else ["csat", "late", "nps"])
    ]
    if by != "record":
        rows.sort(key=lambda row: row[1])
    if by == "batch":  # a file a question
        numbers = [number for _, group in groupby(rows, lambda row: row[1])
                   for number, _ in enumerate(group)]  # fmt: skip
    else:
        numbers = list(range(len(rows)))
    land(con, *(("a", n, *row) for n, row in zip(numbers, rows, strict=True)))
    assert asked_together(con) == [
        frozenset(pair) for pair in combinations(("csat", "late", "nps"), 2)
    ]
    assert answers_per_event(con) == 3
    assert forms_answered(con) == [
        Form(("csat", "late", "nps"), 20), Form(("csat", "nps"), 19_980)
    ]  # fmt: skip


@settings(max_examples=examples(20), deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from("ab'"), st.integers(0, 5), st.sampled_from([*"wxyz", "it's", "é"])
        )
    )
)
def test_as_counted_by_hand(rows: list[tuple[str, int, str]]) -> None:
    """Items that no other item can share may be left out; what is told of the others is exact."""
    con = duckdb.connect()
    con.execute("create schema raw")
    land(con, *((source, n, f"f{event}", item) for n, (source, event, item) in enumerate(rows)))
    events = defaultdict(set)
    for source, event, item in rows:
        events[source, event].add(item)
    held = Counter(tuple(sorted(items)) for items in events.values())
    found = forms_answered(con)
    assert {f.items: f.n_events for f in found if len(f.items) > 1} == {
        items: n for items, n in held.items() if len(items) > 1
    }
    by_hand = [Form(*form) for form in held.items()]
    assert set(feedback_events.asked_together(found)) == set(
        feedback_events.asked_together(by_hand)
    )
    assert feedback_events.answers_per_event(found) == max(map(len, held), default=1)


def test_more_questions_than_a_number_has_bits(con: duckdb.DuckDBPyConnection) -> None:
    land(con, *(("a", i, "f1", f"q{i:03d}") for i in range(300)))
    assert answers_per_event(con) == 300


def test_without_feedback(con: duckdb.DuckDBPyConnection) -> None:
    land(con)
    assert asked_together(con) == []
    assert answers_per_event(con) == 1
