"""Rows beside the main links: hybrid model, spline, noise item, refits, headcount."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from panels import panel
from reports import ITEMS, rich_panel

from pipelines.linkage import between, change, drivers, nonlinear, within


def test_hybrid_rows_equal_statsmodels() -> None:
    formula = pytest.importorskip("statsmodels.formula.api")
    data = panel(n_locations=20, n_periods=5, within=0.4).filter(pl.int_range(pl.len()) % 7 != 3)
    result = within(data, respondent_overlap="none")
    mean = pl.col("mean_e").mean().over("unit_id")
    table = data.with_columns(m=mean, d=pl.col("mean_e") - mean).select(
        "unit_id", "period_id", "mean_c", "m", "d"
    )
    fit = formula.mixedlm(
        "mean_c ~ d + m + C(period_id)", table.to_pandas(), groups=table["unit_id"].to_list()
    ).fit(reml=True, method=["bfgs"], gtol=1e-10)  # fmt: skip
    for term, name in (("within", "d"), ("between", "m")):
        row = result.row(component="hybrid", term=term)
        assert row["estimate"] == pytest.approx(float(fit.params[name]), rel=1e-4)
        assert row["std_error"] == pytest.approx(float(fit.bse[name]), rel=1e-3)
        assert row["p_value"] is None and row["verdict"] is None
    gap = result.row(component="hybrid", term="contextual")["estimate"]
    assert gap == pytest.approx(float(fit.params["m"] - fit.params["d"]), rel=1e-4)


def units(bend: float, n: int = 600) -> pl.DataFrame:
    rng = np.random.default_rng(4)
    x = rng.normal(0, 1, n)
    y = x + bend * np.maximum(x, 0) + rng.normal(0, 1, n)
    return pl.DataFrame({
        "unit_id": [f"u{i:03d}" for i in range(n)],
        "location_id": [f"l{i % 60:02d}" for i in range(n)],
        "period_id": "p1", "mean_e": x, "mean_c": y,
    })  # fmt: skip


def test_spline_sees_a_bend_and_equals_least_squares() -> None:
    bent, straight = (nonlinear(units(b)).row(term="mean_e:spline") for b in (1.5, 0.0))
    assert bent["verdict"] == "supported" and straight["verdict"] == "inconclusive"
    data = units(1.5)
    x, y = data["mean_e"].to_numpy(), data["mean_c"].to_numpy()
    x = x - x.mean()
    z = (x - x.mean()) / x.std()
    a, b, c = np.quantile(z, [0.1, 0.5, 0.9])
    p = [np.maximum(z - k, 0) ** 3 for k in (a, b, c)]
    curve = (p[0] - p[1] * (c - a) / (c - b) + p[2] * (b - a) / (c - b)) / (c - a) ** 2
    design = np.column_stack([np.ones(600), z, curve])
    wanted = np.linalg.lstsq(design, y, rcond=None)[0][2] / x.std()
    assert bent["estimate"] == pytest.approx(wanted, rel=1e-8)


def test_two_valued_scores_have_no_bend() -> None:
    flat = units(0.0).with_columns(mean_e=(pl.int_range(pl.len()) % 2).cast(pl.Float64))
    rows = nonlinear(flat).estimates.filter(effect_type="curvature")
    assert set(rows["guard_code"]) == {"single_group"}


def test_noise_is_not_above_noise_and_a_working_item_is() -> None:
    rng = np.random.default_rng(8)
    q = rng.normal(0, 1, (400, 3))
    data = units(0.0, 400).with_columns(
        *(pl.Series(name, q[:, i]) for i, name in enumerate(ITEMS)),
        mean_e=pl.Series(q.mean(axis=1)), mean_c=pl.Series(q[:, 0] + rng.normal(0, 2, 400)),
    )  # fmt: skip
    result = drivers(data, items=ITEMS, n_draws=200)
    table = result.companions["linkage_driver_shares"].filter(component="observed")
    assert dict(table.select("item", "is_above_noise").iter_rows()) == {
        "q1": True, "q2": False, "q3": False,
    }  # fmt: skip
    row = result.row(component="above_noise", term="q1")
    assert row["conf_low"] > 0 and row["verdict"] is None


def changing(after: float) -> pl.DataFrame:
    data = panel(n_locations=40, n_periods=10, slope=0.0, noise=0.2)
    late = np.where(data["period_index"].to_numpy() >= 5, after, 1.0)
    moved = data["mean_c"].to_numpy() + late * (data["mean_e"].to_numpy() - 60)
    return data.with_columns(mean_c=pl.Series(moved))


def test_refits_raise_an_alert_when_the_link_has_gone_and_not_otherwise() -> None:
    gone, stays = change(changing(0.0)), change(changing(1.0))
    assert "link_changed" in gone.codes("warn") and "link_changed" not in stays.codes()
    table = gone.companions["linkage_period_slopes"]
    block = table["slope"].to_list()
    assert table["refit_slope"].to_list()[:3] == [None] * 3
    assert table["refit_slope"][6] == pytest.approx(np.mean(block[3:7]))
    assert not table["is_alert"][:6].any() and table["is_alert"][-1]
    row = gone.row(component="rolling_refit")
    assert row["estimate"] == pytest.approx(np.mean(block[-4:]) - np.mean(block[:4]))


def test_refits_need_twenty_units_in_every_period() -> None:
    data = panel(n_locations=40, per_location=1, n_periods=10)
    thin = data.filter((pl.col("period_index") != 4) | (pl.col("unit_id") < "u0019"))
    table = change(thin).companions["linkage_period_slopes"]
    assert table["refit_slope"].null_count() == len(table) > 0


def sized(small_slope: float, suppressed: bool = True) -> pl.DataFrame:
    """Slope 1 in units of 64 people and another in units of 16; a few hidden ones beside them."""
    rng = np.random.default_rng(2)
    data = panel(n_locations=40, per_location=8, slope=0.0, noise=0.0)
    big = data["unit_id"].str.slice(1).cast(pl.Int64).to_numpy() % 2 == 0
    n_e = np.where(big, 40, 10)
    truth = data["mean_e"].to_numpy() - 60
    x = 60 + truth + rng.normal(0, 15, len(data)) / np.sqrt(n_e)
    y = np.where(big, 1.0, small_slope) * truth + data["mean_c"].to_numpy()
    data = data.with_columns(
        headcount=pl.Series(np.where(big, 64, 16)), n_e=pl.Series(n_e), mean_e=pl.Series(x),
        mean_c=pl.Series(y), x_status=pl.lit("released"),
    )  # fmt: skip
    hidden = data.head(6).with_columns(
        unit_id=pl.lit("hidden"), mean_e=pl.lit(None, pl.Float64),
        x_status=pl.lit("below_threshold"),
    )  # fmt: skip
    return pl.concat([data, hidden]) if suppressed else data


def moderated(data: pl.DataFrame) -> dict[str, object]:
    result = between(data, respondent_overlap="none", primary=True)
    return result.row(component="corrected", effect_type="interaction")


def test_headcount_moderation_finds_a_planted_difference_and_not_noise() -> None:
    planted, none = moderated(sized(3.0)), moderated(sized(1.0))
    # two doublings between 16 and 64 people
    assert planted["estimate"] == pytest.approx(-1.0, abs=0.25)
    assert planted["verdict"] == "supported" and none["verdict"] == "inconclusive"
    assert none["conf_low"] < 0 < none["conf_high"]
    assert not planted["primary"]


def test_headcount_is_asked_only_where_units_are_hidden() -> None:
    rows = between(sized(3.0, suppressed=False), respondent_overlap="none").estimates
    assert "interaction" not in set(rows["effect_type"])


def test_shares_table_of_the_rich_panel_has_noise_in_one_component() -> None:
    table = drivers(rich_panel(), items=ITEMS, n_draws=60).companions["linkage_driver_shares"]
    assert table["above_noise"].null_count() == 0
