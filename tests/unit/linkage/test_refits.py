"""The jackknife on sums against full refits: every cluster taken out of the panel in turn.

Each refit hands the remaining rows to the public function anew, so it shares nothing with the
sums. Where the scores of every location average to the same value in every period, taking one out
moves no period mean and no sum is approximate: both agree to rounding. On a panel with holes period
means move a little, and the two lie within 3 percent.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import polars as pl
import pytest
from panels import panel

from pipelines.linkage import (
    Linkage,
    adjusted,
    between,
    change,
    contrast,
    drivers,
    lag_profile,
    nonlinear,
    segments,
    within,
)  # fmt: skip
from pipelines.linkage.heterogeneity import joint_equality

ITEMS = ["q1", "q2", "q3"]
SHOWN = ("slope", "difference", "std_slope", "change", "curvature")


def _made() -> pl.DataFrame:
    """19 locations of 12 teams over 8 periods, with items, a covariate and unequal answers."""
    data = panel(n_locations=19, per_location=12, n_periods=8, within=0.5, noise=0.5, seed=3)
    rng = np.random.default_rng(3)
    team = pl.col("team_id").str.slice(1).cast(pl.Int64)
    return data.with_columns(
        *(pl.Series(q, data["mean_e"].to_numpy() + rng.normal(0, 6, len(data))) for q in ITEMS),
        n_e=pl.Series(rng.integers(12, 60, len(data))), headcount=80, var_e=56.0, var_c=400.0,
        tenure=pl.Series(np.repeat(rng.normal(5, 2, len(data) // 8), 8)),
        kind=pl.when(team % 2 == 0).then(pl.lit("desk")).otherwise(pl.lit("shop")),
    )  # fmt: skip


def _level(*columns: str) -> list[pl.Expr]:
    """Columns less the mean of their location, kind and period: means of periods are all alike."""
    own = ("location_id", "kind", "period_id")
    return [(pl.col(c) - pl.col(c).mean().over(own)).alias(c) for c in columns]


HOLES = _made().filter(pl.int_range(pl.len()) % 9 != 4)
LEVEL = _made().with_columns(_level("mean_e", "mean_c", *ITEMS))
PLACES = sorted(set(LEVEL["location_id"]))
OPEN: dict[str, Any] = {"respondent_overlap": "none", "public_cells": True, "correction": "plain"}


def _without(data: pl.DataFrame) -> list[pl.DataFrame]:
    return [data.filter(pl.col("location_id") != place) for place in PLACES]


def _people(data: pl.DataFrame) -> pl.DataFrame:
    """Sums of recurring respondents, as ``respondent_sums`` makes them, for teams of regulars."""
    spread = 50 + 10 * pl.col("n_e").sum().cast(pl.Float64).sqrt()
    return data.group_by("unit_id", maintain_order=True).agg(
        n_periods=pl.len(), overlap_d=(1 / pl.col("n_e")).sum(),
        overlap_p=2.5 * (1 / pl.col("n_e")).sum(), variance_num=56.0 * (pl.col("n_e") - 1).sum(),
        variance_den=(pl.col("n_e") - 1).sum().cast(pl.Float64), person_num=spread,
        person_den=pl.lit(4.0), person_den_full=pl.lit(3.5),
    )  # fmt: skip


def _recurring(data: pl.DataFrame, **options: Any) -> Linkage:
    return within(data, **options | {"respondent_overlap": "key", "overlap": _people(data)})


def _found(result: Linkage) -> dict[str, tuple[float, float]]:
    """Estimate and standard error of every row that leaves out clusters, by what it is."""
    rows = result.estimates.filter(
        pl.col("effect_type").is_in(SHOWN) & pl.col("std_error").is_not_null()
        & pl.col("component").is_in(["observed", "corrected"])
        # cuts at quartiles and knots stay where all units put them
        & ~pl.col("method").str.contains("quartiles|restricted_cubic")
    )  # fmt: skip
    names = ("component", "effect_type", "adjusted_for", "segment", "lag")
    return {
        "|".join(str(r[name]) for name in names): (r["estimate"], r["std_error"])
        for r in rows.iter_rows(named=True)
    }


SUMS: dict[str, tuple[Callable[..., Linkage], int]] = {
    # name: (estimator, rows that are compared)
    "between": (between, 2),
    "within": (within, 2),
    "within, people known": (_recurring, 2),
    "lag": (lambda d, **o: lag_profile(d, max_lag=2, n_draws=20, **o), 5),
    "adjusted": (lambda d, **o: adjusted(d, covariates=("tenure",), **o), 10),
    "segments": (lambda d, **o: segments(d, by="kind", **o), 4),
    "change": (lambda d, **o: change(d, at=4, n_draws=20, **o), 1),
    "nonlinear": (lambda d, **o: nonlinear(d, n_draws=20, **o), 1),
    "contrast": (contrast, 2),
}


def _compare(name: str, data: pl.DataFrame, options: dict[str, Any], rel: float) -> None:
    estimate, n_rows = SUMS[name]
    whole = _found(estimate(data, **options))
    assert len(whole) == n_rows, list(whole)
    refits = [_found(estimate(rest, **options)) for rest in _without(data)]
    g = len(refits)
    for key, (value, error) in whole.items():
        apart = np.array([fit[key][0] - value for fit in refits])
        assert error == pytest.approx(np.sqrt((g - 1) / g * (apart**2).sum()), rel=rel), key


@pytest.mark.parametrize("name", SUMS)
def test_leaving_a_cluster_out_of_the_sums_is_leaving_it_out_of_the_panel(name: str) -> None:
    _compare(name, LEVEL, OPEN, 1e-9)


@pytest.mark.parametrize("name", ["between", "within, people known", "lag", "adjusted"])
def test_on_a_panel_with_holes_the_sums_are_close_to_refits(name: str) -> None:
    _compare(name, HOLES, OPEN | {"correction": "full"}, 0.03)


def test_segments_that_share_units_have_the_joint_covariance_of_refits() -> None:
    two = LEVEL.filter(pl.col("period_index") < 2)
    noise = pl.Series(np.random.default_rng(5).normal(0, 4, len(two)))
    stages = pl.concat([
        two.with_columns(stage=pl.lit("before")),
        two.with_columns(mean_c=pl.col("mean_c") + noise).with_columns(
            _level("mean_c"), stage=pl.lit("after")),
    ])  # fmt: skip
    whole = segments(stages, by="stage", **OPEN)
    forests = [
        segments(rest, by="stage", **OPEN).companions["linkage_segment_forests"]
        for rest in _without(stages)
    ]
    slopes = whole.companions["linkage_segment_forests"]["slope"].to_numpy()
    apart = np.array([f["slope"].to_numpy() - slopes for f in forests])
    cov = (len(forests) - 1) / len(forests) * apart.T @ apart
    f, df2, p = joint_equality(slopes, cov, len(forests))
    row = whole.row(component="observed", effect_type="F")
    assert (row["estimate"], row["df2"], row["p_value"]) == pytest.approx((f, df2, p), rel=1e-7)


def _shares(data: pl.DataFrame) -> dict[str, float]:
    rows = drivers(data, items=ITEMS, n_draws=20, **OPEN).estimates.filter(
        component="observed", effect_type="variance"
    )
    return dict(rows.select("term", "estimate").iter_rows())


def test_shares_drawn_from_sums_are_those_of_the_panel_drawn_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Drivers have a bootstrap in place of a jackknife; the same clusters are drawn both ways."""
    n = len(PLACES)
    counts = np.random.default_rng(6).multinomial(n, np.full(n, 1 / n), size=20)

    def given(sums: np.ndarray, n_draws: int, seed: int) -> list[np.ndarray]:
        return [counts[:n_draws].astype(float) @ sums]

    # the package gives the name of this module to the function
    monkeypatch.setattr(import_module("pipelines.linkage.drivers"), "bootstrap_totals", given)
    row = drivers(LEVEL, items=ITEMS, n_draws=20, **OPEN).row(
        component="observed", effect_type="variance", term="q1"
    )
    place = pl.col("location_id")
    drawn = []
    for draw in counts:
        copies = [
            LEVEL.filter(place == name).with_columns(
                (place + f"-{i}").alias("location_id"), pl.col("unit_id") + f"-{i}"
            )
            for name, times in zip(PLACES, draw, strict=True)
            for i in range(times)
        ]
        drawn.append(_shares(pl.concat(copies))["q1"])
    assert [row["conf_low"], row["conf_high"]] == pytest.approx(
        np.quantile(drawn, [0.025, 0.975]), rel=1e-9
    )
