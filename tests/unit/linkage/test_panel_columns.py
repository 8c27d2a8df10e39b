"""Panels with other types, names and holes: the same numbers, or an error that names the column."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import polars as pl
import pytest
from panels import panel
from reports import ESTIMATORS, ITEMS, rich_panel, usual

from pipelines.linkage import (
    Linkage,
    adjusted,
    aggregation,
    between,
    change,
    drivers,
    item_error_sums,
    lag_profile,
    power,
    respondent_sums,
    segments,
    within,
)  # fmt: skip
from pipelines.linkage.panel_columns import with_scores

DATA = rich_panel()
ROW = pl.int_range(pl.len())
MONTHS = [date(2023 + t // 12, t % 12 + 1, 1) for t in range(10)]

SAME = {
    # another way to write the same panel
    "numbers_as_ids": DATA.with_columns(
        pl.col("unit_id").str.slice(1).cast(pl.Int32),
        pl.col("location_id").str.slice(1).cast(pl.Int64),
    ),
    "categories": DATA.with_columns(
        pl.col("unit_id", "location_id", "region_id", "period_id").cast(pl.Categorical)
    ),
    "dates_as_periods": DATA.with_columns(
        period_id=pl.col("period_index").replace_strict(dict(enumerate(MONTHS)))
    ).drop("period_index"),
    "periods_named_p1_to_p10": DATA.with_columns(
        period_id=pl.format("p{}", pl.col("period_index") + 1)
    ).drop("period_index"),
    "quarters": DATA.with_columns(
        period_id=pl.format(
            "Q{} {}", pl.col("period_index") % 4 + 1, pl.col("period_index") // 4 + 2023
        )
    ).drop("period_index"),
    "months_by_name": DATA.with_columns(
        period_id=pl.col("period_index").replace_strict(
            dict(enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct"]))
        )
    ).drop("period_index"),
    "months_of_years": DATA.with_columns(
        period_id=pl.format(
            "{}/{}", (pl.col("period_index") + 5) % 12 + 1,
            (pl.col("period_index") + 5) // 12 + 2023,
        )
    ).drop("period_index"),
    "whole_floats": DATA.with_columns(pl.col("period_index", "n_e", "n_c").cast(pl.Float64)),
    "unsigned_counts": DATA.with_columns(pl.col("n_e", "n_c", "headcount").cast(pl.UInt16)),
    "decimals_as_text": DATA.with_columns(pl.col("mean_e", "q1").cast(pl.String)),
    "more_columns": DATA.with_columns(_cluster=pl.lit("x"), x=pl.lit(1), error=pl.lit("z")),
    "nobody_yet_on_the_headcount": DATA.with_columns(headcount=0),
}  # fmt: skip


@pytest.mark.parametrize("form", SAME)
def test_the_same_panel_in_another_form_gives_the_same_rows(form: str) -> None:
    for name, estimate in ESTIMATORS.items():
        if name == "nonlinear" and form == "nobody_yet_on_the_headcount":
            continue  # its covariate is made of the headcount
        first, second = usual(name).estimates, estimate(SAME[form]).estimates
        for column in ("estimate", "conf_low", "p_value"):
            a, b = (f[column].fill_null(-1.0).to_numpy() for f in (first, second))
            np.testing.assert_allclose(b, a, rtol=1e-6, atol=1e-9, err_msg=f"{name} {column}")


BAD = {
    # what the error must name: the panel
    "'mean_e', row 0: 'good'": DATA.with_columns(mean_e=pl.lit("good")),
    "'mean_c' holds Boolean": DATA.with_columns(mean_c=pl.col("mean_c") > 0),
    "'n_e' holds Date": DATA.with_columns(n_e=pl.lit(MONTHS[0])),
    "'unit_id' is empty in 6": DATA.with_columns(unit_id=pl.when(ROW > 5).then("unit_id")),
    "'period_id' is empty in 1": DATA.with_columns(period_id=pl.when(ROW > 0).then("period_id")),
    "'unit_id' holds List": DATA.with_columns(unit_id=pl.concat_list("unit_id")),
    "'period_index' holds String": DATA.with_columns(pl.col("period_index").cast(pl.String)),
    "'period_index' holds Date": DATA.with_columns(period_index=pl.lit(MONTHS[0])),
    "'period_index' holds Float64": DATA.with_columns(pl.col("period_index") / 2),
    "'period_index' is empty in 3": DATA.with_columns(
        period_index=pl.when(ROW > 2).then("period_index")
    ),
    r"columns \['unit_id'\]": DATA.drop("unit_id"),
    r"columns \['period_id'\]": DATA.drop("period_id"),
}  # fmt: skip


@pytest.mark.parametrize("words", BAD)
def test_a_column_that_cannot_be_read_is_named(words: str) -> None:
    for estimate in ESTIMATORS.values():
        with pytest.raises(ValueError, match=words):
            estimate(BAD[words])


def test_only_polars_frames_are_read() -> None:
    with pytest.raises(TypeError, match=r"panel is a pandas\.DataFrame; a polars DataFrame"):
        between(DATA.to_pandas())


CALLS: dict[str, Callable[[], object]] = {
    "cluster 'store' is not a column": lambda: between(DATA, cluster="store"),
    "level 'area' is not a column": lambda: adjusted(DATA, region="area"),
    "covariate 'pay' is not a column": lambda: adjusted(DATA, covariates=("pay",)),
    "covariates='tenure': a list": lambda: adjusted(DATA, covariates="tenure"),
    "segment column 'kind' is not a column": lambda: segments(DATA, by="kind"),
    "by='unit_id': a segment holds many units": lambda: segments(DATA, by="unit_id"),
    "item 'mood' is not a column": lambda: drivers(DATA, items=["q1", "mood"]),
    "items='q1': a list": lambda: drivers(DATA, items="q1"),
    "item 'q1' is named twice": lambda: drivers(DATA, items=["q1", "q2", "q1"]),
    "'kind', row 0: 'a' is no number": lambda: drivers(
        DATA.with_columns(kind=pl.lit("a")), items=["q1", "kind"]
    ),
    "method='shap': allowed are lmg": lambda: drivers(DATA, items=ITEMS, method="shap"),
    "level='inside': allowed are between": lambda: drivers(DATA, items=ITEMS, level="inside"),
    "side='x': allowed are e, c": lambda: aggregation(DATA, side="x"),
    "n_options=1: a question has two": lambda: aggregation(DATA, n_options=1),
    "max_lag=0: a whole number": lambda: lag_profile(DATA, max_lag=0),
    "at='p05': the period_index": lambda: change(DATA, at="p05"),
    "true_r=2.0: a correlation": lambda: power(DATA, true_r=2.0),
    "sesoi=2: above 0": lambda: between(DATA, sesoi=2),
    "n_draws=0: 20 or more": lambda: lag_profile(DATA, n_draws=0),
    r"x_bounds=\(100, 0\)": lambda: between(DATA, x_bounds=(100, 0)),
    "weights='equals': allowed": lambda: between(DATA, weights="equals"),
    "overlap.* lack the columns": lambda: within(
        DATA, respondent_overlap="key", overlap=pl.DataFrame({"unit_id": ["a"]})
    ),
    r"answers lack the columns \['respondent_key', 'score'\]": lambda: respondent_sums(DATA),
    r"answers lack the columns \['mood'\]": lambda: item_error_sums(DATA, ["mood"]),
}


@pytest.mark.parametrize("words", CALLS)
def test_an_option_that_cannot_be_met_is_named(words: str) -> None:
    with pytest.raises(ValueError, match=words):
        CALLS[words]()


@pytest.mark.parametrize("value", [float("inf"), float("-inf")])
def test_an_infinite_number_rejects_the_pair(value: float) -> None:
    for column in ("mean_e", "n_c"):
        data = DATA.with_columns(pl.when(ROW == 7).then(value).otherwise(column).alias(column))
        for estimate in ESTIMATORS.values():
            result = estimate(data)
            assert result.codes("reject") == ["out_of_range"]
            assert set(result.estimates["verdict"]) == {"refused"}


def test_a_missing_item_answer_is_missing_whether_null_or_nan() -> None:
    hole = ROW % 50 == 0
    nan = DATA.with_columns(pl.when(hole).then(float("nan")).otherwise("q1").alias("q1"))
    null = DATA.with_columns(pl.when(~hole).then("q1").alias("q1"))
    first, second = (drivers(d, items=ITEMS, n_draws=60).estimates for d in (nan, null))
    assert first.equals(second)


def _scaled(result: Linkage, factor: float) -> np.ndarray:
    rows = result.estimates.filter(pl.col("effect_type").is_in(["slope", "difference", "change"]))
    return np.array([v / factor for v in rows["estimate"] if v is not None])


@pytest.mark.parametrize("factor", [1e-9, 1e9])
def test_units_of_measurement_change_no_verdict(factor: float) -> None:
    """Customer scores in other units: every slope in the same proportion, the same guards."""
    large = DATA.with_columns(pl.col("mean_c") * factor, pl.col("var_c") * factor**2)
    for name, estimate in ESTIMATORS.items():
        first, second = estimate(DATA), estimate(large)
        assert first.codes() == second.codes(), name
        assert first.estimates["verdict"].to_list() == second.estimates["verdict"].to_list()
        np.testing.assert_allclose(_scaled(second, factor), _scaled(first, 1.0), rtol=1e-6)


def test_far_from_zero_slopes_keep_their_digits() -> None:
    far = DATA.with_columns(pl.col("mean_e") + 1e6)
    for name in ("between", "within", "adjusted", "segments", "lag"):
        first, second = (_scaled(ESTIMATORS[name](d), 1.0) for d in (DATA, far))
        np.testing.assert_allclose(second, first, rtol=1e-6, err_msg=name)


def test_a_unit_that_moves_does_not_break_the_comparison_of_segments() -> None:
    late, first = pl.col("period_index") > 4, DATA["location_id"].unique().sort()[0]
    moved = DATA.with_columns(
        pl.when(late & (pl.col("unit_id") == "u0199")).then(pl.lit(first))
        .otherwise("location_id").alias("location_id")
    )  # fmt: skip
    result = segments(moved, by="region_id", respondent_overlap="none")
    assert "reorg_suspected" in result.codes("warn")
    assert result.row(component="observed", effect_type="F")["estimate"] is not None


def test_periods_without_an_index_follow_their_numbers() -> None:
    named = panel(n_locations=2, per_location=1, n_periods=11).with_columns(
        period_id=pl.format("wave {}", pl.col("period_index") + 1)
    )
    numbered = with_scores(named.drop("period_index"))
    assert (numbered["period_index"] == named["period_index"] + 1).all()


def test_a_planned_date_outside_the_periods_is_refused_in_a_row() -> None:
    for at in (0, 99):
        result = change(DATA, at=at)
        assert result.codes("refuse") == ["too_few_periods"]
        assert result.row(component="observed")["verdict"] == "refused"
