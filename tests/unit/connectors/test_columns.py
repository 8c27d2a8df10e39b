"""Finding declared columns in the header a file has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.connectors.columns import find_columns, tidy, without_footnote
from pipelines.errors import SourceError
from tests.unit.connectors.homes import FEEDBACK, HEADER, source

NAMES = st.text("abq 1_2.\u00a0(%", min_size=1, max_size=8)


@pytest.mark.parametrize(
    "written",
    [
        "score",
        "score ",
        "\ufeffscore",
        "Score",
        "  SCORE",
        "score1",
        "Score12",
        "Score\u00b9",
        "score\u00b9\u00b2",
        "Score*",
        "score \u2020",
        "sco\u200bre"[:0] + "score",
    ],
)
def test_a_name_is_found_however_the_file_spells_it(written: str) -> None:
    header = [*HEADER[:-1], written]

    assert find_columns(source(), header, "f.csv")["score"] == written


def test_an_item_code_is_never_shortened_to_another() -> None:
    wide = source(values=[{"columns": ["q"], "scale": {"min": 1, "max": 5}}])

    found = find_columns(wide, [*HEADER, "q1", "q"], "f.csv")
    assert found["q"] == "q"
    with pytest.raises(SourceError, match="no column 'q'"):
        find_columns(wide, [*HEADER, "q1"], "f.csv")

    several = source(values=[{"columns": ["q1", "q2"], "scale": {"min": 1, "max": 5}}])
    found = find_columns(several, [*HEADER, "q2", "q1", "q3"], "f.csv")
    assert (found["q1"], found["q2"]) == ("q1", "q2")


def test_two_footnotes_are_not_guessed_between() -> None:
    with pytest.raises(SourceError, match=r"'score' fits several columns: 'score1', 'score2'"):
        find_columns(source(), [*HEADER[:-1], "score1", "score2"], "f.csv")


def test_a_missing_item_is_not_taken_from_another_number() -> None:
    wide = source(values=[{"columns": ["q1", "q2"], "scale": {"min": 1, "max": 5}}])

    with pytest.raises(SourceError, match="no column 'q2'"):
        find_columns(wide, [*HEADER, "q1"], "f.csv")
    words = source(values=[{"columns": ["item 1", "word2"], "scale": {"min": 1, "max": 5}}])
    with pytest.raises(SourceError, match=r"no column 'item 1'.*no column 'word2'"):
        find_columns(words, [*HEADER, "item 2", "word1"], "f.csv")


def test_header_cleaning_can_be_switched_off() -> None:
    with pytest.raises(SourceError, match="no column 'score'"):
        find_columns(source(clean_headers=False), [*HEADER[:-1], "score1"], "f.csv")


def test_the_same_name_twice_is_refused_only_where_it_is_used() -> None:
    assert find_columns(source(), [*HEADER, "x", "x", "", ""], "f.csv")
    with pytest.raises(SourceError, match="'score' is there 2 times"):
        find_columns(source(), [*HEADER, "score"], "f.csv")


def test_a_renamed_column_is_named_with_the_closest_one() -> None:
    with pytest.raises(SourceError) as caught:
        find_columns(
            source(values=[{**FEEDBACK["values"][0], "columns": ["nps_score"]}]),
            ["id", "at", "customer", "store", "nps_scores"],
            "in/f.csv",
        )

    assert "no column 'nps_score'; close: 'nps_scores'" in caught.value.what
    assert caught.value.where == "in/f.csv"
    assert "'nps_scores'" in caught.value.mend


def test_a_file_without_a_header_gives_nobody_away() -> None:
    record = ["F1", "2025-01-01", "anna.muster@example.org", "+49 151 23456789", "7"]

    with pytest.raises(SourceError) as caught:
        find_columns(source(), record, "f.csv")

    assert "looks like a record" in caught.value.mend
    assert not any(value in caught.value.text() for value in record if len(value) > 2)


@given(NAMES)
def test_cleaning_is_idempotent_and_keeps_something(name: str) -> None:
    assert tidy(tidy(name)) == tidy(name)
    if tidy(name):
        assert without_footnote(name)
