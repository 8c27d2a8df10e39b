"""Lead and lag: planted lags, directions, and the guards on periods and spacing."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.linkage import lag_profile
from pipelines.linkage.lag_direction import direction_of, lag_set_of

LAGS = np.arange(-3, 4)


def planted(lag: int, n_units: int = 60, n_periods: int = 12, seed: int = 1) -> pl.DataFrame:
    """Customers follow employees by ``lag`` periods."""
    rng = np.random.default_rng(seed)
    mood = rng.normal(0, 1, (n_units, n_periods + 10))
    x = mood[:, 5 : 5 + n_periods]
    y = mood[:, 5 - lag : 5 - lag + n_periods] + rng.normal(0, 1, (n_units, n_periods))
    return pl.DataFrame({
        "unit_id": np.repeat([f"u{i:03d}" for i in range(n_units)], n_periods),
        "location_id": np.repeat([f"l{i // 3:02d}" for i in range(n_units)], n_periods),
        "period_id": np.tile([f"p{t:02d}" for t in range(n_periods)], n_units),
        "period_index": np.tile(np.arange(n_periods), n_units),
        "mean_e": x.ravel(), "mean_c": y.ravel(),
    })  # fmt: skip


@pytest.mark.parametrize(
    "lag, direction",
    [(2, "employees_lead"), (1, "employees_lead"), (0, "same_period"), (-1, "customers_lead")],
)
def test_planted_lag_is_named(lag: int, direction: str) -> None:
    row = lag_profile(planted(lag), max_lag=3).row(term="argmax")
    assert (row["lag"], row["direction"], row["lag_set"]) == (lag, direction, str(lag))


def test_lag_rows_carry_a_band_but_no_verdict_of_their_own() -> None:
    result = lag_profile(planted(1), max_lag=3)
    rows = result.estimates.filter(pl.col("term") != "argmax")
    assert len(rows) == 7 and set(rows["conf_method"]) == {"sup_t"}
    assert rows["verdict"].null_count() == rows["p_value"].null_count() == 7
    table = result.companions["linkage_lag_profiles"]
    assert table["share_of_draws"].sum() == pytest.approx(1.0)


def test_each_lag_uses_every_pair_also_where_the_other_score_is_missing() -> None:
    data = planted(1)
    gone = (pl.col("unit_id") == "u000") & (pl.col("period_index") == 5)
    data = data.with_columns(pl.when(~gone).then("mean_c").alias("mean_c"))
    rows = lag_profile(data, max_lag=2).estimates.filter(pl.col("term") != "argmax").sort("lag")
    assert rows["n_cells"].to_list() == [60 * (12 - abs(k)) - 1 for k in (-2, -1, 0, 1, 2)]


def test_no_link_is_unclear() -> None:
    data = planted(0).with_columns(mean_c=pl.Series(np.random.default_rng(4).normal(0, 1, 720)))
    assert lag_profile(data, max_lag=3).row(term="argmax")["direction"] == "direction_unclear"


@pytest.mark.parametrize("n_periods, refused", [(7, True), (8, False)])
def test_eight_periods_are_needed(n_periods: int, refused: bool) -> None:
    codes = lag_profile(planted(1, n_periods=n_periods)).codes("refuse")
    assert ("too_few_periods" in codes) == refused


def test_lags_need_twice_as_many_periods_and_two_more() -> None:
    assert "too_few_periods" in lag_profile(planted(1, n_periods=9), max_lag=4).codes("refuse")
    assert "too_few_periods" not in lag_profile(planted(1, n_periods=10), max_lag=4).codes("refuse")


@pytest.mark.parametrize("n_units, refused", [(49, True), (50, False)])
def test_fifty_units_at_every_lag(n_units: int, refused: bool) -> None:
    codes = lag_profile(planted(1, n_units=n_units)).codes("refuse")
    assert ("too_few_units_per_lag" in codes) == refused


def test_unequal_spacing_is_refused_and_one_missing_period_is_not() -> None:
    data = planted(1, n_periods=18)
    gaps = data.filter((pl.col("period_index") % 3) != 1)
    one = data.filter(pl.col("period_index") != 7)
    assert "unequal_spacing" in lag_profile(gaps, max_lag=2).codes("refuse")
    assert "unequal_spacing" not in lag_profile(one, max_lag=2).codes()


def test_rolling_windows_are_rejected() -> None:
    assert "overlapping_windows" in lag_profile(planted(1), windows_overlap=True).codes("reject")


DIRECTIONS = {
    "both": ([0, 4, 1, 0, 1, 4, 0], [-2, 2], "both_directions"),
    "no gap between": ([0, 4, 3, 3, 3, 4, 0], [-2, 2], "direction_unclear"),
    "opposite signs": ([0, -4, 1, 0, 1, 4, 0], [2], "employees_lead"),
    "inside the band": ([0, 0, 1, 2, 1, 0, 0], [0], "direction_unclear"),
    "same period": ([0, 0, 1, 5, 1, 0, 0], [0], "same_period"),
    "set on both sides of zero": ([0, 0, 1, 5, 4, 0, 0], [0, 1], "direction_unclear"),
    "customers": ([1, 5, 1, 0, 0, 0, 0], [-2], "customers_lead"),
}


@pytest.mark.parametrize("name", DIRECTIONS)
def test_direction_words(name: str) -> None:
    t, kept, direction = DIRECTIONS[name]
    assert direction_of(LAGS, np.array(t, dtype=float), 2.5, kept) == direction


def test_lag_set_is_the_smallest_that_holds_the_draws() -> None:
    assert lag_set_of(LAGS, np.array([0, 0, 0.04, 0.5, 0.46, 0, 0]), 0.95) == [0, 1]
    assert lag_set_of(LAGS, np.array([0, 0, 0, 0, 1.0, 0, 0]), 0.95) == [1]
