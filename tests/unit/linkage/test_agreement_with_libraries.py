"""Numbers of other Python libraries on the same panel; they are used in tests only."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from panels import panel
from reports import rich_panel

from pipelines.linkage import adjusted, within
from pipelines.linkage.correlation import partial_correlation, repeated_measures_correlation
from pipelines.linkage.fixed_effects import fixed_effects
from pipelines.linkage.random_intercept import random_intercept

HOLES = panel(n_locations=20, n_periods=6, within=0.4).filter(pl.int_range(pl.len()) % 7 != 3)


def test_within_slope_equals_pyfixest_on_a_panel_with_holes() -> None:
    pyfixest = pytest.importorskip("pyfixest")
    fit = pyfixest.feols("mean_c ~ mean_e | unit_id + period_id", data=HOLES.to_pandas())
    row = within(HOLES).row(component="observed", effect_type="slope")
    assert row["estimate"] == pytest.approx(float(fit.coef()["mean_e"]), rel=1e-6)


def test_one_way_effects_equal_linearmodels() -> None:
    panels = pytest.importorskip("linearmodels.panel")
    frame = HOLES.select("unit_id", "period_index", "mean_e", "mean_c").to_pandas()
    fit = panels.PanelOLS.from_formula(
        "mean_c ~ mean_e + EntityEffects", data=frame.set_index(["unit_id", "period_index"])
    ).fit(cov_type="clustered", cluster_entity=True, group_debias=False, debiased=False)
    found = fixed_effects(HOLES, "mean_c", ["mean_e"], ["unit_id"], cluster="unit_id")
    assert found.coefficients[0] == pytest.approx(float(fit.params["mean_e"]), rel=1e-8)
    # linearmodels scales by n/(n-k); the product's CR0 has no small-sample factor
    assert found.se_cr0[0] == pytest.approx(float(fit.std_errors["mean_e"]), rel=0.03)


def test_region_rung_equals_least_squares_with_indicators() -> None:
    formula = pytest.importorskip("statsmodels.formula.api")
    data = rich_panel()
    means = data.with_columns(
        (pl.col(c) - pl.col(c).mean().over("period_id")) for c in ("mean_e", "mean_c")
    ).group_by("unit_id").agg(
        pl.col("mean_e", "mean_c", "tenure").mean(), pl.col("region_id").first()
    )  # fmt: skip
    fit = formula.ols("mean_c ~ mean_e + tenure + C(region_id)", means.to_pandas()).fit()
    row = adjusted(data, covariates=("tenure",)).row(
        adjusted_for="period,region_id,tenure", component="observed", effect_type="slope"
    )
    assert row["estimate"] == pytest.approx(float(fit.params["mean_e"]), rel=1e-9)


def test_correlations_equal_pingouin() -> None:
    pingouin = pytest.importorskip("pingouin")
    frame = HOLES.select("unit_id", "mean_e", "mean_c").to_pandas()
    theirs = pingouin.rm_corr(data=frame, x="mean_e", y="mean_c", subject="unit_id")
    ours = repeated_measures_correlation(
        HOLES["unit_id"].to_numpy(), HOLES["mean_e"].to_numpy(), HOLES["mean_c"].to_numpy()
    )
    assert ours.estimate == pytest.approx(float(theirs["r"].iloc[0]), rel=1e-9)
    assert ours.df == int(theirs["dof"].iloc[0])
    rng = np.random.default_rng(1)
    x, y, z = rng.normal(0, 1, (3, 60))
    ours = partial_correlation(x, y + x, z)
    table = pl.DataFrame({"x": x, "y": y + x, "z": z}).to_pandas()
    theirs = pingouin.partial_corr(data=table, x="x", y="y", covar="z")
    assert ours.estimate == pytest.approx(float(theirs["r"].iloc[0]), rel=1e-9)


def test_random_intercept_equals_statsmodels() -> None:
    formula = pytest.importorskip("statsmodels.formula.api")
    data = HOLES.select("unit_id", "mean_e", "mean_c")
    fit = formula.mixedlm(
        "mean_c ~ mean_e", data.to_pandas(), groups=data["unit_id"].to_list()
    ).fit()
    ours = random_intercept(
        data["unit_id"].to_numpy(), data["mean_c"].to_numpy(), [data["mean_e"].to_numpy()]
    )
    assert ours.coefficients[1] == pytest.approx(float(fit.params["mean_e"]), rel=1e-4)
    assert ours.var_group == pytest.approx(float(fit.cov_re.iloc[0, 0]), rel=1e-2)
