"""Drivers, segments, bends, contrasts, aggregation, power and change: rows and guards."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from panels import panel
from reports import ITEMS, rich_panel

from pipelines.linkage import (
    aggregation,
    change,
    contrast,
    drivers,
    item_error_sums,
    nonlinear,
    power,
    segments,
)  # fmt: skip
from pipelines.linkage.agreement import icc_from_cells
from pipelines.linkage.item_agreement import null_variance, within_group_agreement
from pipelines.linkage.shapley import lmg_shares, relative_weights

RICH = rich_panel()


def test_shares_sum_to_one_and_pieces_to_r_squared() -> None:
    result = drivers(RICH, items=ITEMS, n_draws=60)
    rows = result.estimates.filter(component="observed")
    assert rows.filter(effect_type="share")["estimate"].sum() == pytest.approx(1.0)
    pieces = rows.filter((pl.col("effect_type") == "variance") & (pl.col("term") != "r_squared"))
    whole = rows.filter(effect_type="variance", term="r_squared")["estimate"][0]
    assert pieces["estimate"].sum() == pytest.approx(whole)


@pytest.mark.parametrize("p", [2, 5, 9])
def test_lmg_and_relative_weights_sum_to_r_squared(p: int) -> None:
    rng = np.random.default_rng(p)
    r = np.corrcoef(rng.normal(0, 1, (200, p + 1)).cumsum(axis=1).T)
    whole = r[:-1, -1] @ np.linalg.solve(r[:-1, :-1], r[:-1, -1])
    assert lmg_shares(r).sum() == pytest.approx(whole)
    assert relative_weights(r).sum() == pytest.approx(whole)


def test_items_that_repeat_each_other_become_one_theme() -> None:
    data = RICH.with_columns(twin=pl.col("q1") + 0.001 * pl.col("q2"))
    result = drivers(data, items=[*ITEMS, "twin"], n_draws=60)
    assert "redundant_items" in result.codes("warn")
    terms = set(result.estimates.filter(effect_type="share")["term"])
    assert any("twin" in t and "+" in t for t in terms)
    assert "redundant_items" not in drivers(RICH.with_columns(
        q1=pl.Series(np.random.default_rng(1).normal(0, 9, len(RICH)))
    ), items=["q1", "q2"], n_draws=60).codes()  # fmt: skip


def test_item_guards() -> None:
    index = pl.int_range(pl.len())
    sparse = RICH.with_columns(pl.when(index % 4 != 0).then("q3").alias("q3"))
    assert "item_missing" in drivers(sparse, items=ITEMS, n_draws=60).codes("warn")
    few = drivers(panel(24, 4).with_columns(q1="mean_e", q2="mean_c"), items=["q1", "q2"])
    assert "too_few_units" in few.codes("refuse")
    many = RICH.with_columns(pl.Series(f"i{k}", np.arange(len(RICH)) % (k + 2)) for k in range(16))
    assert "too_many_items" in drivers(many, items=[f"i{k}" for k in range(16)]).codes("refuse")
    assert "too_few_items" in drivers(RICH, items=["q1"]).codes("refuse")
    with pytest.raises(ValueError, match="mood"):
        drivers(RICH, items=["q1", "mood"])


def test_item_errors_are_covariances_over_n() -> None:
    rng = np.random.default_rng(2)
    answers = pl.DataFrame({"unit_id": ["a"] * 8, "period_id": ["1"] * 4 + ["2"] * 4,
                            "q1": rng.normal(0, 1, 8), "q2": rng.normal(0, 1, 8)})  # fmt: skip
    sums = item_error_sums(answers, ["q1", "q2"])
    table = answers.select("q1", "q2").to_numpy()
    cov = sum(np.cov(table[i : i + 4].T) / 4 for i in (0, 4))
    assert sums["error_between"].to_list() == pytest.approx(
        [cov[0, 0] / 4, cov[0, 1] / 4, cov[1, 1] / 4]
    )
    assert sums["error_within"][0] == pytest.approx(cov[0, 0] / 2)


def test_within_unit_drivers_run_and_ask_for_movement() -> None:
    rows = drivers(RICH, items=ITEMS, level="within", n_draws=60).estimates
    assert set(rows["level"]) == {"unit_period"}


def test_small_segments_are_joined_and_named() -> None:
    locations = RICH["location_id"].unique().sort()
    small = pl.when(pl.col("location_id").is_in(locations[:3].implode())).then(pl.lit("s1"))
    small = small.when(pl.col("location_id").is_in(locations[3:9].implode())).then(pl.lit("s2"))
    data = RICH.with_columns(kind=small.otherwise(pl.lit("large")))
    result = segments(data, by="kind")
    assert "small_segment" in result.codes("warn")
    assert set(result.companions["linkage_segment_forests"]["segment"]) == {"large", "other"}


def test_one_segment_cannot_be_compared() -> None:
    result = segments(RICH.with_columns(kind=pl.lit("all")), by="kind")
    row = result.row(component="observed", effect_type="F")
    assert (row["verdict"], row["guard_code"]) == ("refused", "too_few_segments")


def test_strata_of_the_same_units_use_their_joint_covariance() -> None:
    noise = np.random.default_rng(5).normal(0, 3, len(RICH))
    stages = pl.concat([
        RICH.with_columns(stage=pl.lit("buying")),
        RICH.with_columns(stage=pl.lit("service"), mean_c=pl.col("mean_c") + pl.Series(noise)),
    ])  # fmt: skip
    row = segments(stages, by="stage").row(component="observed", effect_type="F")
    assert row["method"].startswith("hotelling")
    assert row["df2"] == 50 - 2 + 1
    assert row["p_value"] > 0.01


def test_bends_need_units_and_quiet_scores() -> None:
    assert "too_few_units" in nonlinear(panel(49, 4)).codes("refuse")
    assert "too_few_units" not in nonlinear(panel(50, 4)).codes()
    noisy = panel(50, 4, n_periods=1, n_e=6)
    assert "low_reliability" in nonlinear(noisy).codes("refuse")
    assert len(nonlinear(RICH).companions["linkage_binned_curves"]) == 10


def test_contrast_rows_and_guards() -> None:
    result = contrast(RICH, respondent_overlap="none")
    observed = result.row(component="observed", effect_type="difference")
    truth = result.row(component="corrected", effect_type="difference")
    assert observed["estimate"] > 0 and truth["estimate"] == pytest.approx(
        2.542 * result.row(effect_type="std_slope")["estimate"]
    )
    assert result.row(component="split_periods")["p_value"] is None
    assert "too_few_units" in contrast(panel(13, 3)).codes("refuse")
    assert "too_few_units" not in contrast(panel(14, 3)).codes()


def test_aggregation_per_period_and_without_counts() -> None:
    result = aggregation(RICH)
    table = result.companions["linkage_reliability"]
    assert len(table) == 10
    first = RICH.filter(period_index=0)
    icc = icc_from_cells(*(first[c].to_numpy() for c in ("n_e", "mean_e", "var_e")))
    assert table["icc1"][0] == pytest.approx(icc.icc1)
    assert result.row(component="icc1")["estimate"] == pytest.approx(table["icc1"].mean())
    blind = aggregation(RICH.drop("n_e", "var_e"))
    assert set(blind.estimates["guard_code"]) == {"counts_unknown"}


def test_agreement_is_cut_at_the_null_and_knows_its_skewed_form() -> None:
    assert within_group_agreement(np.array([[9.0]]), null_variance(5)).tolist() == [0.0]
    assert null_variance(5, "slight_skew") == 1.34
    with pytest.raises(ValueError, match="11 options"):
        null_variance(11, "slight_skew")


def test_power_uses_no_link_and_refuses_hindsight() -> None:
    shuffled = RICH.with_columns(mean_c=pl.col("mean_c").reverse().over("period_id"))
    needed = [
        power(d, true_r=0.2).row(component="units_needed")["estimate"] for d in (RICH, shuffled)
    ]
    assert needed[0] == pytest.approx(needed[1], rel=0.2)
    assert set(power(RICH, post_hoc=True).estimates["guard_code"]) == {"post_hoc_power"}


def test_change_needs_periods_and_finds_a_planned_date() -> None:
    assert "too_few_periods" in change(panel(n_periods=7)).codes("refuse")
    assert "too_few_periods" not in change(panel(n_periods=8)).codes()
    moved = RICH.with_columns(
        mean_c=pl.col("mean_c")
        + pl.when(pl.col("period_index") >= 6).then(pl.col("mean_e") * 2 - 120).otherwise(0)
    )
    row = change(moved, at=6).row(component="observed")
    assert row["conf_low"] < 2.0 < row["conf_high"]
    assert change(moved).row(component="observed")["term"] == "mean_e:from_6"
    assert change(moved, at=99).codes("refuse") == ["too_few_periods"]
