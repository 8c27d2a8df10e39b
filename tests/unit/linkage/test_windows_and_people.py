"""Rolling windows and people on both sides: found in the data, not only declared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from panels import panel

from pipelines.linkage import Linkage, between, lag_profile, within

CHANGES: list[Callable[..., Linkage]] = [within, lag_profile]


def rolled(width: int, side: str = "c") -> pl.DataFrame:
    """Windows of some periods that move by one, from independent ones."""
    data = panel(n_locations=20, n_periods=12 + width, within=0.0).sort("unit_id", "period_index")
    mean = pl.col(f"mean_{side}").rolling_mean(width).over("unit_id")
    rolling = data.with_columns(mean, (pl.col(f"n_{side}") * width).alias(f"n_{side}"))
    return rolling.drop_nulls(f"mean_{side}")


@pytest.mark.parametrize("run", CHANGES)
@pytest.mark.parametrize("width", [2, 3, 4, 6])
def test_rolling_windows_are_rejected(run: Callable[..., Linkage], width: int) -> None:
    rows = run(rolled(width), respondent_overlap="none").estimates
    assert set(rows["guard_code"]) == {"overlapping_windows"}


@pytest.mark.parametrize("run", CHANGES)
def test_independent_periods_and_returning_crews_are_not(run: Callable[..., Linkage]) -> None:
    data = panel(n_locations=20, n_periods=12)
    # the same people answer: most of the noise of a unit stays, so changes are small as well
    rng = np.random.default_rng(5)
    noise = np.repeat(rng.normal(0, 3.5, 80), 12) + rng.normal(0, 2.6, 960)
    crew = data.with_columns(mean_e=pl.Series(60 + noise))
    for near in (data, crew):
        assert "overlapping_windows" not in run(near, respondent_overlap="none").codes()


@pytest.mark.parametrize("run", CHANGES)
def test_dates_that_overlap_are_rejected_and_dates_that_meet_are_not(
    run: Callable[..., Linkage],
) -> None:
    data = panel(n_periods=10).with_columns(
        period_start=pl.lit(date(2024, 1, 1)).dt.offset_by(pl.format("{}mo", "period_index"))
    )
    month = pl.col("period_start").dt.offset_by("1mo").dt.offset_by("-1d")
    quarter = pl.col("period_start").dt.offset_by("3mo").dt.offset_by("-1d")
    assert "overlapping_windows" in run(data.with_columns(period_end=quarter)).codes("reject")
    assert "overlapping_windows" not in run(data.with_columns(period_end=month)).codes()


def test_between_does_not_mind_windows() -> None:
    assert "overlapping_windows" not in between(rolled(3)).codes()


def test_people_and_sources_on_both_sides() -> None:
    data = panel()
    shared = data.with_columns(n_shared=pl.when(pl.int_range(pl.len()) == 0).then(1).otherwise(0))
    one = data.with_columns(source_e=pl.lit("suite"), source_c=pl.lit("suite"))
    two = data.with_columns(source_e=pl.lit("hr"), source_c=pl.lit("desk"), n_shared=0)
    for bad in (shared, one):
        assert set(between(bad).estimates["guard_code"]) == {"same_respondents"}
    assert "same_respondents" not in between(two).codes()
