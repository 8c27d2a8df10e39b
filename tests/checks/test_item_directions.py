"""A reversed item that nobody declared: found where numpy finds it, and never among few people."""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl
import pytest

from data_checks.registry import suite_for
from data_checks.runner import run_suite

SUITE = suite_for("marts", "dim_metrics")
CHECK = next(c for c in SUITE.checks if c.name == "items_run_with_their_metric")
TABLES = """
    create schema raw; create schema staging; create schema intermediate; create schema marts;
    create table marts.dim_metrics (metric_id varchar, voice varchar, n_items bigint,
        n_items_required bigint, value_min double, value_max double);
    create table raw.declared_metric_items (metric_id varchar, item_code varchar);
    create table staging.stg_employee_responses (source varchar, survey varchar, wave varchar,
        respondent_key varchar, item_code varchar, score_pomp double);
    create table intermediate.int_feedback_questions (metric_id varchar, item_code varchar,
        item_number smallint, n_items bigint);
    create table intermediate.int_feedback_numbered (item_number smallint, event_number bigint,
        person_number bigint, score_pomp decimal(18, 9));
"""


@pytest.fixture
def con():
    with duckdb.connect() as con:
        con.execute(TABLES)
        yield con


def declare(con, voice, n_items):
    con.execute("insert into marts.dim_metrics values ('mood', ?, ?, 1, 0, 100)", [voice, n_items])
    con.execute(
        "insert into raw.declared_metric_items select 'mood', 'q' || i from range(?) as items(i)",
        [n_items],
    )


def long(scores):
    """A row per answer: the place of its row, its item, its score."""
    row, item = np.indices(scores.shape).reshape(2, -1)
    return pl.DataFrame({"row": row, "item": item, "score": scores.ravel()}).with_columns(
        pl.col("score").fill_nan(None)
    )


def answer(con, scores, *, n_waves=1):
    """Lands a survey: a row per person and wave (all come again), a column per item, gaps."""
    declare(con, "employee", scores.shape[1])
    answers, n_people = long(scores), len(scores) // n_waves
    assert len(answers) == scores.size
    con.execute(
        "insert into staging.stg_employee_responses select 'survey', 'pulse',"
        f" 'w' || row // {n_people}, 'p' || row % {n_people}, 'q' || item, score"
        " from answers"
    )


def found(con):
    """Item, its correlation with the rest, answers and people of every item that is told."""
    query = f"select item_code, item_rest_r, n_answers, n_people from ({SUITE.query(CHECK)})"
    return {row[0]: row[1:] for row in con.execute(query).fetchall()}


def item_rest(scores, item):
    """Correlation of an item with the mean of the others that the same people answered."""
    others = np.delete(scores, item, axis=1)
    both = ~np.isnan(scores[:, item]) & ~np.isnan(others).all(axis=1)
    return np.corrcoef(scores[both, item], np.nanmean(others[both], axis=1))[0, 1], both.sum()


def survey(n, *, reversed_items=(2,), n_items=4, noise=0.9, seed=1):
    """Answers of one factor in steps of 25; the reversed ones are as nobody declared them."""
    dice = np.random.default_rng(seed)
    mood = dice.normal(size=(n, 1))
    scores = 25 * np.clip(np.round(2 + mood + noise * dice.normal(size=(n, n_items))), 0, 4)
    scores[:, list(reversed_items)] = 100 - scores[:, list(reversed_items)]
    return scores


def test_the_reversed_item_is_told_with_the_correlation_numpy_finds(con):
    scores = survey(400)
    scores[np.random.default_rng(2).random(scores.shape) < 0.2] = np.nan
    answer(con, scores)

    r, n = item_rest(scores, 2)
    assert set(found(con)) == {"q2"}
    assert found(con)["q2"] == (pytest.approx(r, abs=1e-12), n, n)


def test_a_declared_one_is_not(con):
    answer(con, survey(400, reversed_items=()))

    assert found(con) == {}


def test_a_metric_of_two_items_names_both_since_nothing_tells_which(con):
    answer(con, survey(200, n_items=2, reversed_items=(1,)))

    assert set(found(con)) == {"q0", "q1"}


def test_questions_of_customers_are_judged_by_event(con):
    scores = survey(300, n_items=3)
    declare(con, "customer", 3)
    answers = long(scores)
    con.execute(
        "insert into intermediate.int_feedback_questions"
        " select distinct 'mood', 'q' || item, item, 3 from answers;"
        "insert into intermediate.int_feedback_numbered"
        " select item, row, row % 150, score from answers"
    )
    assert len(answers) == 900

    r, n = item_rest(scores, 2)
    assert found(con) == {"q2": (pytest.approx(r, abs=1e-9), n, 150)}


@pytest.mark.parametrize(("n", "told"), [(29, set()), (30, {"q2"})])
def test_few_answers_say_nothing(n, told, con):
    answer(con, survey(n, noise=0.3))

    assert set(found(con)) == told


def test_people_who_answer_every_wave_count_once(con):
    answer(con, np.tile(survey(29, noise=0.3), (12, 1)), n_waves=12)

    assert found(con) == {}


@pytest.mark.parametrize("is_constant", [[2], [0, 1, 3], [0, 1, 2, 3]])
def test_an_item_or_a_rest_that_never_varies_says_nothing(is_constant, con):
    scores = survey(200)
    scores[:, is_constant] = 50
    answer(con, scores)

    assert "q2" not in found(con)


def test_an_item_that_goes_with_nothing_is_not_told(con):
    """With many people a correlation a little below zero is sure, and says nothing of wording."""
    dice = np.random.default_rng(5)
    scores = survey(3000, reversed_items=())
    scores[:, 2] = 25 * dice.integers(0, 5, 3000) - 0.12 * scores[:, 0]
    answer(con, scores)

    r, n = item_rest(scores, 2)
    assert np.tanh(np.arctanh(r) + 2.576 / np.sqrt(n - 3)) < 0
    assert found(con) == {}


def test_items_without_a_link_are_told_in_less_than_one_of_a_hundred_small_surveys(con):
    dice = np.random.default_rng(3)
    answer(con, 25.0 * dice.integers(0, 5, (35, 400)))
    con.execute(
        "update raw.declared_metric_items set metric_id = rowid // 2;"
        "update marts.dim_metrics set n_items = 2;"
        "insert into marts.dim_metrics by name select distinct metric_id, 'employee' as voice,"
        " 2 as n_items from raw.declared_metric_items"
    )

    assert len(found(con)) <= 2 * 2  # both items of at most two of two hundred


def test_a_metric_of_one_item_has_no_rest(con):
    answer(con, survey(100, n_items=1, reversed_items=(0,)))

    assert found(con) == {}


def test_the_message_names_item_correlation_answers_and_key(con):
    scores = survey(200)
    answer(con, scores)
    result = {r.check: r for r in run_suite(con, SUITE)}[CHECK.name]

    r, _ = item_rest(scores, 2)
    assert (result.outcome, result.stops, result.n_unexpected) == ("failed", False, 1)
    case = f"survey q2 in mood, item-rest correlation {r:.2f} over 200 answers"
    assert f"(1 case; {case}; 1 rows)" in result.sentence
    assert "`values:` in program.yaml, with `direction: lower`" in result.sentence
