"""Oracles of lags, contrasts and change: shifted joins, refits and polynomials."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from random_panels import Pairs, Rng, complete, delete_one, dummies, random_panel, residual

from pipelines.linkage import (
    change,
    contrast,
    lag_profile,
)  # fmt: skip
from pipelines.linkage.change import slope_change

PLAIN: dict[str, Any] = {"correction": "plain", "respondent_overlap": "none", "public_cells": True}



def lags(rng: Rng) -> Pairs:
    units, periods, k = 60, int(rng.integers(9, 13)), int(rng.integers(1, 4))
    data = pl.DataFrame({
        "unit_id": np.repeat(np.arange(units), periods),
        "period_id": np.tile(np.arange(periods), units),
        "mean_e": rng.normal(0, 1, units * periods), "mean_c": rng.normal(0, 1, units * periods),
    }).with_columns(period_index=pl.col("period_id"))  # fmt: skip
    data = data.filter(pl.Series(rng.random(len(data)) > rng.choice([0.0, 0.15])))
    rows = lag_profile(data, max_lag=k, n_draws=20).estimates.filter(pl.col("term") != "argmax")
    slope, pairs = [], []
    for lag in range(-k, k + 1):
        earlier = data.select("unit_id", pl.col("period_id") + lag, pl.col("mean_e").alias("x"))
        both = data.join(earlier, on=["unit_id", "period_id"]).sort("unit_id", "period_id")
        groups = both["unit_id"].to_numpy(), both["period_id"].to_numpy()
        x, y = (residual(both[c].to_numpy(), *groups) for c in ("x", "mean_c"))
        slope.append((x @ y) / (x @ x))
        pairs.append(len(both))
    rows = rows.sort("lag")
    return {"slopes": (rows["estimate"].to_list(), slope), "n": (rows["n_cells"].to_list(), pairs)}


def quarters(rng: Rng) -> Pairs:
    data = complete(random_panel(rng, min_units=44))
    means = data.group_by("unit_id").agg(
        pl.col("mean_e", "mean_c").mean(), pl.col("location_id").first()
    )
    x, y = means["mean_e"].to_numpy(), means["mean_c"].to_numpy()
    low, high = np.percentile(x, [25, 75])
    row = contrast(data, **PLAIN).row(component="observed", effect_type="difference")

    def gap(mask: np.ndarray) -> float:
        return y[(x >= high) & mask].mean() - y[(x <= low) & mask].mean()

    place = means["location_id"].to_numpy()
    if row["estimate"] is None:
        return {}
    return {"gap": (row["estimate"], gap(np.ones(len(x), dtype=bool))),
            "se": (row["std_error"], delete_one(place, gap))}  # fmt: skip


def changed_slope(rng: Rng) -> Pairs:
    import statsmodels.api as sm

    data = complete(random_panel(rng))
    at = 5 + int(rng.integers(1, data["period_index"].n_unique()))
    x, y = data["mean_e"].to_numpy(), data["mean_c"].to_numpy()
    post = (data["period_index"].to_numpy() >= at).astype(float)
    design = np.column_stack([x * post, x, dummies(data["period_id"].to_numpy()),
                              dummies(data["location_id"].to_numpy())])  # fmt: skip
    return {"change": (slope_change(data, at=at)[0], sm.OLS(y, design).fit().params[0])}


def planned_change(rng: Rng) -> Pairs:
    units, periods = 60, 9
    data = pl.DataFrame({
        "unit_id": np.repeat(np.arange(units), periods),
        "location_id": np.repeat(np.arange(units) // 4, periods),
        "period_id": np.tile(np.arange(periods), units),
        "mean_e": rng.normal(0, 1, units * periods), "mean_c": rng.normal(0, 1, units * periods),
    }).with_columns(period_index=pl.col("period_id"))  # fmt: skip
    data = data.filter(pl.Series(rng.random(len(data)) > 0.1))
    at, index = int(rng.integers(2, 7)), data["period_index"].to_numpy()
    x, y = data["mean_e"].to_numpy(), data["mean_c"].to_numpy()

    def shift(mask: np.ndarray) -> float:
        b = [np.polyfit(x[mask & (index == t)], y[mask & (index == t)], 1)[0] for t in range(9)]
        return np.mean(b[at:]) - np.mean(b[:at])

    row = change(data, at=at, **PLAIN).row(component="observed")
    place = data["location_id"].to_numpy()
    return {"shift": (row["estimate"], shift(np.ones(len(x), dtype=bool))),
            "se": (row["std_error"], delete_one(place, shift))}  # fmt: skip
