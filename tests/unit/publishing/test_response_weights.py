"""A mean weighted to places is told only where none of them is hidden."""

from __future__ import annotations

import duckdb
import polars as pl
import pytest

from pipelines.publishing.response_weights import weighted_beside_shown_places

ANSWERS = {"a": (3, 4, 10.0), "b": (25, 75, 60.0), "c": (18, 26, 70.0), "d": (40, 60, 55.0)}
"""Location -> who answered, who was asked, mean score; the weights pool `a` with `c`."""


def means() -> tuple[float, float]:
    """The company's mean as answered and weighted to locations."""
    groups = [("a", "c"), ("b",), ("d",)]
    n = sum(answered for answered, _, _ in ANSWERS.values())
    asked = sum(invited for _, invited, _ in ANSWERS.values())
    plain = sum(answered * mean for answered, _, mean in ANSWERS.values()) / n
    weighted = 0.0
    for group in groups:
        answered = sum(ANSWERS[g][0] for g in group)
        weight = sum(ANSWERS[g][1] for g in group) / asked
        weighted += weight * sum(ANSWERS[g][0] * ANSWERS[g][2] for g in group) / answered
    return round(plain, 1), round(weighted, 1)


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """The small location `a` is hidden in the first period, and `b` with it."""
    con = duckdb.connect()
    con.execute("create schema marts")
    con.execute(
        "create table marts.publication_mask as select 'location' as unit_level, unit_id,"
        " period_id, 'x' as metric_id, reason_code = 'released' as is_released, reason_code"
        " from (values ('a', 'p1', 'below_threshold'), ('b', 'p1', 'complementary'),"
        " ('c', 'p1', 'released'), ('a', 'p2', 'released'), ('a', 'p3', 'suppressed_at_source'))"
        " as a(unit_id, period_id, reason_code)"
    )
    return con


def table(margins: str) -> pl.DataFrame:
    """`linkage_nonresponse` of three periods and the primary pair."""
    plain, weighted = means()
    return pl.DataFrame({
        "quantity": ["mean"] * 3 + ["r"], "window_id": ["p1", "p2", "p3", "p1"], "x_measure": "x",
        "margins": margins, "unweighted": plain, "weighted": weighted, "weighted_low": weighted - 1,
        "weighted_high": weighted + 1, "design_effect": 1.2, "share_capped": 0.0,
        "guard_code": pl.Series([None] * 4, dtype=pl.String),
    })  # fmt: skip


def test_two_sums_over_the_same_places_tell_the_mean_of_a_hidden_one() -> None:
    plain, weighted = means()
    # a + b follow from the whole less c and d; the weights are known to who knows who was asked
    together = plain * 86 - 18 * 70.0 - 40 * 55.0
    scale = {"a": 30 / 165 / 21, "b": 75 / 165 / 25}
    rest = weighted - 30 / 165 / 21 * 18 * 70.0 - 60 / 165 * 55.0
    a = (scale["b"] * together - rest) / (scale["b"] - scale["a"])
    assert abs(a / 3 - ANSWERS["a"][2]) < 5  # of 100 points: less than a fifth of the scale


def test_weighted_means_wait_until_every_place_is_shown(con: duckdb.DuckDBPyConnection) -> None:
    found = weighted_beside_shown_places(con, table("region, location"))
    assert found["guard_code"].to_list() == ["withheld", None, None, None]
    for column in ("weighted", "weighted_low", "weighted_high", "design_effect", "share_capped"):
        assert found[column].is_null().to_list() == [True, False, False, False]
    assert found["unweighted"].null_count() == 0


def test_margins_that_are_no_places_leave_them_as_they_are(con: duckdb.DuckDBPyConnection) -> None:
    found = weighted_beside_shown_places(con, table("region, gender"))
    assert found["weighted"].null_count() == 0
