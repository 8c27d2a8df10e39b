"""Small made-up panels for the statistics tests, with known truth."""

from __future__ import annotations

import numpy as np
import polars as pl


def panel(
    n_locations: int = 30, per_location: int = 4, n_periods: int = 6, slope: float = 1.0,
    n_e: int = 12, n_c: int = 40, noise: float = 1.0, seed: int = 7, within: float = 0.0,
) -> pl.DataFrame:  # fmt: skip
    """Units with a between slope and a within slope, sampling noise of known size."""
    rng = np.random.default_rng(seed)
    n_units = n_locations * per_location
    level = np.repeat(rng.normal(60, 5, n_units), n_periods)
    move = rng.normal(0, 3, n_units * n_periods)
    own = np.repeat(rng.normal(0, 5, n_units), n_periods)
    size = n_units * n_periods
    unit = np.repeat(np.arange(n_units), n_periods)
    period = np.tile(np.arange(n_periods), n_units)
    mean_e = level + move + noise * rng.normal(0, 15 / np.sqrt(n_e), size)
    mean_c = (
        slope * (level - 60) + within * move + own + noise * rng.normal(0, 40 / np.sqrt(n_c), size)
    )
    return pl.DataFrame({
        "unit_id": [f"u{u:04d}" for u in unit], "team_id": [f"t{u % per_location}" for u in unit],
        "location_id": [f"l{u // per_location:03d}" for u in unit],
        "region_id": [f"r{u // per_location % 3}" for u in unit],
        "period_id": [f"p{t:02d}" for t in period], "period_index": period,
        "headcount": np.full(size, n_e + 6), "n_e": np.full(size, n_e), "mean_e": mean_e,
        "var_e": np.full(size, 225.0), "n_c": np.full(size, n_c), "mean_c": mean_c,
        "var_c": np.full(size, 1600.0),
    })  # fmt: skip
