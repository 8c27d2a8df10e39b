"""Simulated companies with known links, after one base design.

x = xb + xw with xb = .2 L_x + N(0, .3) and xw AR(1); y = bB xb + bW xw + conf L_x + 4 L_y + N(0, 8)
+ AR(.3) SD 5 + period shocks; sampling noise .9/sqrt(n_e) and 60/sqrt(n_c).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import polars as pl

Rng = np.random.Generator


@dataclass(frozen=True)
class World:
    """Parameters of the base design; defaults are those of the first two recovery designs."""

    locations: int = 60
    per_location: int = 5
    periods: int = 12
    b_between: float = 8.0
    b_within: float = 3.0
    conf: float = 0.0
    sd_location_x: float = 0.2
    sd_location_y: float = 4.0
    sd_unit_x: float = 0.3
    sd_unit_y: float = 8.0
    sd_move: float = 0.25
    rho: float = 0.6
    lag: int = 0
    n_e: float = 12.0
    n_c: float = 60.0
    spread_n: float = 0.5
    team_counts: tuple[int, ...] | None = None

    def but(self, **changes: Any) -> World:
        return replace(self, **changes)


def ar1(rng: Rng, n: int, periods: int, rho: float, sd: float) -> np.ndarray:
    """Stationary AR(1) paths, one per row."""
    shocks = rng.normal(0, sd, (n, periods))
    out = np.empty_like(shocks)
    out[:, 0] = shocks[:, 0]
    for t in range(1, periods):
        out[:, t] = rho * out[:, t - 1] + np.sqrt(1 - rho * rho) * shocks[:, t]
    return out


def ar1_mean_variance(periods: int, rho: float, sd: float) -> float:
    """Variance of the mean of an AR(1) path."""
    k = np.arange(1, periods)
    return sd * sd / periods**2 * (periods + 2 * ((periods - k) * rho**k).sum())


def between_truth(w: World) -> tuple[float, float]:
    """Slope and correlation of true window averages across units."""
    xb = w.sd_location_x**2 + w.sd_unit_x**2
    move = ar1_mean_variance(w.periods, w.rho, w.sd_move)
    cov = w.b_between * xb + w.b_within * move + w.conf * w.sd_location_x
    var_y = (
        w.b_between**2 * xb + w.b_within**2 * move + 2 * w.b_between * w.conf * w.sd_location_x
        + w.conf**2 + w.sd_location_y**2 + w.sd_unit_y**2 + ar1_mean_variance(w.periods, 0.3, 5.0)
    )  # fmt: skip
    return cov / (xb + move), cov / np.sqrt((xb + move) * var_y)


@lru_cache(maxsize=16)
def _ids(locations: int, counts: tuple[int, ...], periods: int) -> pl.DataFrame:
    place = np.repeat(np.arange(locations), counts)
    unit = np.repeat(np.arange(len(place)), periods)
    period = np.tile(np.arange(periods), len(place))
    frame = pl.DataFrame({"u": unit, "g": place[unit], "period_index": period})
    return frame.select(
        pl.format("u{}", pl.col("u").cast(pl.String).str.zfill(5)).alias("unit_id"),
        pl.format("l{}", pl.col("g").cast(pl.String).str.zfill(4)).alias("location_id"),
        pl.format("r{}", pl.col("g") % 4).alias("region_id"),
        pl.format("p{}", pl.col("period_index").cast(pl.String).str.zfill(2)).alias("period_id"),
        "period_index",
    )


@dataclass(frozen=True)
class Truth:
    """True scores behind a panel: units x periods, and the location of each unit."""

    x_level: np.ndarray
    x: np.ndarray
    y: np.ndarray
    place: np.ndarray
    counts: tuple[int, ...]


def true_scores(rng: Rng, w: World) -> Truth:
    counts = w.team_counts or (w.per_location,) * w.locations
    place = np.repeat(np.arange(w.locations), counts)
    n, t, shift = len(place), w.periods, abs(w.lag)
    location_x, location_y = rng.normal(0, 1, w.locations), rng.normal(0, 1, w.locations)
    level = w.sd_location_x * location_x[place] + rng.normal(0, w.sd_unit_x, n)
    move = ar1(rng, n, t + 2 * shift, w.rho, w.sd_move)
    shown = move[:, shift : shift + t]
    acting = move[:, shift - w.lag : shift - w.lag + t]
    x = level[:, None] + shown + rng.normal(0, 0.1, t)
    y = (
        (w.b_between * level + w.conf * location_x[place])[:, None] + w.b_within * acting
        + (w.sd_location_y * location_y[place] + rng.normal(0, w.sd_unit_y, n))[:, None]
        + ar1(rng, n, t, 0.3, 5.0) + rng.normal(0, 2.0, t)
    )  # fmt: skip
    return Truth(level, x, y, place, counts)


def measured(rng: Rng, truth: Truth, w: World) -> pl.DataFrame:
    """The panel a company would have: means of samples, with their sizes and variances."""
    n, t = truth.x.shape
    size_e, size_c = np.exp(rng.normal(0, w.spread_n, (2, n, 1)))
    n_e = np.maximum(rng.poisson(w.n_e * size_e, (n, t)), 2).astype(float)
    n_c = np.maximum(rng.poisson(w.n_c * size_c, (n, t)), 2).astype(float)
    mean_e = truth.x + rng.normal(0, 0.9, (n, t)) / np.sqrt(n_e)
    mean_c = truth.y + rng.normal(0, 60, (n, t)) / np.sqrt(n_c)
    var_e = 0.81 * rng.chisquare(n_e - 1) / (n_e - 1)
    var_c = 3600 * rng.chisquare(n_c - 1) / (n_c - 1)
    ids = _ids(len(truth.counts), truth.counts, t)
    return ids.with_columns(
        pl.Series(name, values.ravel())
        for name, values in (
            ("headcount", np.ceil(1.3 * n_e)), ("n_e", n_e), ("mean_e", mean_e), ("var_e", var_e),
            ("n_c", n_c), ("mean_c", mean_c), ("var_c", var_c),
        )
    )  # fmt: skip


def company(rng: Rng, w: World) -> pl.DataFrame:
    """One simulated panel."""
    return measured(rng, true_scores(rng, w), w)
