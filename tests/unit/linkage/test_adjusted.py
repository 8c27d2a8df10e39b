"""The ladder: rungs, reversals, covariate guards."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from panels import panel
from reports import rich_panel

from pipelines.linkage import Linkage, adjusted, between, within
from pipelines.linkage.power import robustness_value


def with_column(name: str, values: object) -> pl.DataFrame:
    return panel().with_columns(pl.lit(values).alias(name))


def slope(result: Linkage, label: str, component: str = "observed") -> float:
    return result.row(adjusted_for=label, component=component, effect_type="slope")["estimate"]


def test_first_and_last_rung_repeat_between_and_within_without_a_second_test() -> None:
    data = rich_panel()
    ladder = adjusted(data, respondent_overlap="none")
    for label, single in (("period", between), ("period,unit_id", within)):
        row = ladder.row(adjusted_for=label, component="observed", effect_type="slope")
        own = single(data, respondent_overlap="none").row(component="observed", effect_type="slope")
        assert row["estimate"] == pytest.approx(own["estimate"], rel=1e-9)
        assert row["std_error"] == pytest.approx(own["std_error"], rel=1e-9)
        assert row["p_value"] is None and row["verdict"] is None


def test_location_rung_is_the_slope_inside_locations() -> None:
    data = panel(n_periods=1)
    inside = data.with_columns(
        (pl.col(c) - pl.col(c).mean().over("location_id")) for c in ("mean_e", "mean_c")
    )
    x, y = inside["mean_e"].to_numpy(), inside["mean_c"].to_numpy()
    assert slope(adjusted(data), "period,location_id") == pytest.approx(x @ y / (x @ x), rel=1e-9)


def test_reversal_is_flagged_and_agreement_is_not() -> None:
    rng = np.random.default_rng(3)
    place = np.repeat(rng.normal(0, 5, 40), 5)
    x = 60 + place + rng.normal(0, 3, 200)
    data = panel(n_locations=40, per_location=5, n_periods=1).with_columns(mean_e=pl.Series(x))
    turned = data.with_columns(mean_c=pl.Series(-(x - place) + 2 * place + rng.normal(0, 2, 200)))
    same = data.with_columns(mean_c=pl.Series((x - place) + 2 * place + rng.normal(0, 2, 200)))
    assert "simpson_reversal" in adjusted(turned).codes("warn")
    assert "simpson_reversal" not in adjusted(same).codes()


def test_mediators_are_refused_as_controls() -> None:
    result = adjusted(rich_panel(), covariates=("tenure",), mediators=("tenure",))
    row = result.row(
        adjusted_for="period,region_id,tenure", component="observed", effect_type="slope"
    )
    assert (row["verdict"], row["guard_code"]) == ("refused", "mediator_as_control")
    assert slope(result, "period,region_id") is not None


def test_rare_levels_and_their_near_miss() -> None:
    data = panel()
    units = data["unit_id"].unique().sort()
    for n, refused in ((4, True), (5, False)):
        kind = (
            pl.when(pl.col("unit_id").is_in(units[:n].implode()))
            .then(pl.lit("a"))
            .otherwise(pl.lit("b"))
        )
        codes = adjusted(data.with_columns(kind=kind), covariates=("kind",)).codes("refuse")
        assert ("rare_covariate_level" in codes) == refused


def test_too_many_and_collinear_covariates() -> None:
    rng = np.random.default_rng(1)
    many = panel().with_columns(pl.Series(f"z{i}", rng.normal(0, 1, 720)) for i in range(9))
    names = tuple(f"z{i}" for i in range(9))
    assert "too_many_covariates" in adjusted(many, covariates=names).codes("refuse")
    assert "too_many_covariates" not in adjusted(many, covariates=names[:6]).codes()
    twice = many.with_columns(copy=pl.col("z0") * 3 + 1)
    assert "collinear_covariates" in adjusted(twice, covariates=("z0", "copy")).codes("refuse")
    assert "collinear_covariates" not in adjusted(twice, covariates=("z0", "z1")).codes()


def test_missing_covariate_is_an_error_that_names_it() -> None:
    with pytest.raises(ValueError, match="wealth"):
        adjusted(panel(), covariates=("wealth",))


def test_headcount_is_offered_in_logarithms() -> None:
    data = rich_panel().with_columns(headcount=20 + pl.col("period_index") + pl.col("tenure").abs())
    row = adjusted(data, covariates=("log_headcount",)).row(
        adjusted_for="period,region_id,log_headcount", component="observed", effect_type="slope"
    )
    assert row["verdict"] is not None and row["robustness_value"] > 0


def test_robustness_value_grows_with_t() -> None:
    assert robustness_value(5.0, 50) > robustness_value(2.0, 50) > 0
