"""Rounding of released estimates."""

from __future__ import annotations

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.linkage.estimates import ESTIMATES_SCHEMA, frame
from pipelines.publishing.rounding import round_companion, round_estimates


def estimates(**values: object) -> pl.DataFrame:
    return frame([values], ESTIMATES_SCHEMA)


@given(
    st.floats(min_value=-1, max_value=1),
    st.integers(min_value=20, max_value=5000),
)
def test_correlations_are_given_in_steps_that_few_units_cannot_pierce(r: float, n: int) -> None:
    row = round_estimates(estimates(effect_type="r", estimate=r, n_units=n)).row(0, named=True)
    step = 0.01 if n >= 100 else 0.05
    assert abs(row["estimate"] - r) <= step / 2 + 1e-9
    assert abs(row["estimate"] / step - round(row["estimate"] / step)) < 1e-6


@given(st.floats(min_value=1e-6, max_value=1e6))
def test_slopes_keep_three_significant_digits(slope: float) -> None:
    row = round_estimates(estimates(effect_type="slope", estimate=slope, n_units=50))
    shown = row["estimate"][0]
    assert f"{shown:.3g}" == f"{slope:.3g}"
    assert float(f"{shown:.3g}") == shown


def test_refused_rows_stay_null_and_counts_stay_whole() -> None:
    row = round_estimates(
        estimates(effect_type="r", estimate=None, n_units=12, verdict="refused")
    ).row(0, named=True)
    assert row["estimate"] is None
    assert row["n_units"] == 12
    assert row["verdict"] == "refused"


@given(st.floats(min_value=-1, max_value=1))
def test_correlations_beside_the_estimates_are_as_coarse_as_theirs(r: float) -> None:
    shown = round_companion(pl.DataFrame({"zero_order_r": [r]}))["zero_order_r"][0]
    assert abs(shown - r) <= 0.005 + 1e-9
    assert shown == round(shown, 2)
