"""Rounding of released estimates."""

from __future__ import annotations

from math import floor, log10

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.linkage.estimates import ESTIMATES_SCHEMA, frame
from pipelines.publishing.rounding import (
    round_companion,
    round_counts,
    round_estimates,
    round_scores,
)


def estimates(**values: object) -> pl.DataFrame:
    given = {"conf_level": 0.95, "estimand": "between", "component": "observed",
             "x_label": "Engagement", "y_label": "NPS", "unit_x": "point", "unit_y": "points",
             "per": "1 point", "n_clusters": 30, "n_periods": 4}  # fmt: skip
    return frame([given | values], ESTIMATES_SCHEMA)


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
def test_slopes_keep_three_significant_digits_and_two_of_few_units(slope: float) -> None:
    for n_units, digits in ((100, 3), (99, 2)):
        row = round_estimates(estimates(effect_type="slope", estimate=slope, n_units=n_units))
        shown = row["estimate"][0]
        assert abs(shown - slope) <= 0.501 * 10 ** (floor(log10(slope)) - digits + 1)
        assert float(f"{shown:.{digits}g}") == pytest.approx(shown, rel=1e-12)


@given(st.floats(min_value=1e-300, max_value=1))
def test_the_p_of_a_test_is_given_to_the_thousandth(p: float) -> None:
    test = estimates(component="F_test", effect_type="index", estimate=p, n_units=30)
    row = round_estimates(test)
    assert row["estimate"][0] == round(row["estimate"][0], 3)
    assert abs(row["estimate"][0] - p) <= 0.0005 + 1e-9


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


def test_sentences_are_made_of_the_rounded_numbers() -> None:
    row = round_estimates(
        estimates(effect_type="r", estimate=0.734, conf_low=0.449, conf_high=0.881, n_units=22)
    ).row(0, named=True)
    assert "0.73" not in row["sentence"]
    assert "0.75" in row["sentence"]


@given(st.integers(min_value=0, max_value=2000), st.sampled_from([-1, 1]))
def test_the_last_binary_digits_of_a_mean_decide_nothing(twentieths: int, sign: int) -> None:
    exact = twentieths / 20
    shaken = exact + sign * 4e-14
    table = pl.DataFrame({"score": [exact, shaken]})
    rounded = round_scores(table, ["score"], [])["score"]
    assert rounded[0] == rounded[1]


@given(n=st.integers(0, 10**7), threshold=st.integers(3, 40))
def test_a_rounded_count_leaves_as_many_counts_as_are_promised(n: int, threshold: int) -> None:
    (told,) = round_counts(pl.DataFrame({"n": [n]}), ["n"], threshold)["n"]
    near = range(max(0, n - 50), n + 51)
    alike = round_counts(pl.DataFrame({"n": list(near)}), ["n"], threshold)["n"] == told
    assert abs(told - n) <= (threshold + 9) / 2
    assert alike.sum() >= min(threshold - 1, told + 1)
