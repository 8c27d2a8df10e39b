"""Feedback against the planted truth: each row at the unit it is about, or counted as lost."""

from __future__ import annotations

import polars as pl
import pytest

RUNGS = {"team": "direct_unit", "ticket_group": "ticket_group", "agent": "agent"}
REMAINDER = {
    "none": "no_reference",
    "unknown_store": "unknown_location",
    "old_code": "unknown_or_closed_team",
    "closed_team": "unknown_or_closed_team",
}


def kept(feedback, reference):
    return feedback.filter(
        (pl.col("reference") == reference) & pl.col("fate").is_in(["kept", "late", "corrected"])
    )


def test_every_sound_event_is_there_once_and_no_other(feedback, built):
    there = feedback.filter(pl.col("score_raw").is_not_null())
    assert there.height == built.truth["totals"]["feedback_kept"]
    assert there["feedback_id"].is_unique().all()
    assert set(there["fate"]) == {"kept", "late", "corrected"}


def test_the_last_score_counts(feedback):
    there = feedback.filter(pl.col("score_raw").is_not_null())
    assert (there["score_raw"] == there["score"]).all()
    assert (there["period_id"] == there["month"]).all()


@pytest.mark.parametrize("reference", RUNGS)
def test_rung_reaches_the_true_unit(feedback, built, reference):
    rows = kept(feedback, reference)
    assert rows.height == built.truth["references_of_kept_feedback"][reference] > 0
    assert set(rows["method"]) == {RUNGS[reference]}
    assert (rows["team_id"] == rows["team_code"]).all()
    assert (rows["location_id"] == rows["location_code"]).all()
    assert rows["reason"].is_null().all()


def test_store_reaches_its_location_and_no_team(feedback, built):
    """By code, alias and stray spelling; a code without its zeros may stay unknown, never wrong."""
    rows = kept(feedback, "store")
    assert rows.height == built.truth["references_of_kept_feedback"]["store"] > 0
    shortened = "L" + pl.col("location_code").str.slice(1).str.strip_chars_start("0")
    sure = rows.filter(pl.col("location_ref") != shortened)
    assert set(sure["method"]) == {"location"}
    assert (sure["location_id"] == sure["location_code"]).all()
    assert rows["team_id"].is_null().all()
    others = rows.filter(pl.col("location_ref") == shortened, pl.col("location_id").is_not_null())
    assert (others["location_id"] == others["location_code"]).all()


@pytest.mark.parametrize("reference", REMAINDER)
def test_what_reaches_no_unit_is_counted_with_its_reason(feedback, built, reference):
    rows = kept(feedback, reference)
    assert rows.height == built.truth["references_of_kept_feedback"][reference]
    assert set(rows["method"]) <= {"none"}
    assert set(rows["reason"]) <= {REMAINDER[reference]}


def test_summary_adds_up(built):
    kept_rows = built.truth["totals"]["feedback_kept"]
    [(n,)] = built.rows(
        "select sum(n_rows) from marts.attribution_summary where voice = 'customer'"
    )
    assert n == kept_rows
    methods = dict(
        built.rows(
            "select attribution_method, sum(n_rows_in_unit) from marts.attribution_summary"
            " where voice = 'customer' and remainder_reason = 'attributed' group by 1"
        )
    )
    named = built.truth["references_of_kept_feedback"]
    assert methods == {
        "direct_unit": named["team"],
        "ticket_group": named["ticket_group"],
        "agent": named["agent"],
        "location": 0,
    }


def test_numbers_stand_for_the_words_of_the_attribution(built):
    """The kept row table, decoded, counts what the view it was made from counts."""
    told = """
        select period_id, channel, location_id, attribution_method, remainder_reason, {n}
        from intermediate.{table} group by all order by all
    """
    counted = built.rows(told.format(n="sum(n_rows)", table="int_feedback_counted"))
    assert len({row[3] for row in counted}) == 5
    assert counted == built.rows(told.format(n="count(*)", table="int_feedback_attributed"))
