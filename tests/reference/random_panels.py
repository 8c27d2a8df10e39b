"""Random designs: panels with the awkward shapes that real ones have."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

Rng = np.random.Generator
Pairs = dict[str, tuple[Any, Any]]
"""Name of a number -> ours and theirs."""


def random_panel(rng: Rng, *, min_units: int = 24) -> pl.DataFrame:
    """Unequal locations, missing cells, single-period units, odd names, scores with ties."""
    locations = int(rng.integers(9, 15))
    teams = rng.integers(1, 7, locations)
    while teams.sum() < min_units:
        teams += 1
    periods = int(rng.integers(3, 8))
    place = np.repeat(np.arange(locations), teams)
    units = len(place)
    unit, period = (v.ravel() for v in np.meshgrid(np.arange(units), np.arange(periods),
                                                   indexing="ij"))  # fmt: skip
    n_e = rng.integers(2, 30, len(unit)).astype(float)
    n_c = rng.integers(2, 60, len(unit)).astype(float)
    level, move = rng.normal(0, 6, units), rng.normal(0, 3, len(unit))
    x = 60 + level[unit] + move + rng.normal(0, 8, len(unit)) / np.sqrt(n_e)
    y = 20 + rng.normal(0, 6, locations)[place][unit] + rng.uniform(-1, 2) * level[unit]
    y += rng.uniform(-1, 1) * move + rng.normal(0, 20, len(unit)) / np.sqrt(n_c)
    if rng.random() < 0.3:
        x = np.round(x)
    data = pl.DataFrame({
        "unit_id": [f"team {(u * 37) % 101}-{u}" for u in unit], "location_id": place[unit] * 7 + 3,
        "region_id": [("north", "süd", "ost")[p % 3] for p in place[unit]],
        "period_id": [f"2024-{p + 1:02d}" for p in period], "period_index": period + 5,
        "headcount": n_e + rng.integers(0, 9, len(unit)), "n_e": n_e, "mean_e": x,
        "var_e": rng.uniform(20, 110, len(unit)), "n_c": n_c, "mean_c": y,
        "var_c": rng.uniform(200, 900, len(unit)), "tenure": rng.normal(5, 2, units)[unit],
        "kind": [("desk", "shop")[u % 2] for u in unit],
    })  # fmt: skip
    kept = rng.random(len(data)) > rng.choice([0.0, 0.1, 0.35])
    blank = rng.random(len(data)) < 0.05
    data = data.filter(pl.Series(kept)).with_columns(
        pl.when(pl.Series(blank[kept])).then(None).otherwise(pl.col("mean_e")).alias("mean_e")
    )
    return data.sample(fraction=1, shuffle=True, seed=int(rng.integers(1 << 30)))


def complete(data: pl.DataFrame) -> pl.DataFrame:
    """Cells with both scores, sorted."""
    return data.drop_nulls(["mean_e", "mean_c"]).sort("unit_id", "period_id")


def dummies(codes: np.ndarray) -> np.ndarray:
    """One indicator column per distinct value."""
    _, inverse = np.unique(codes, return_inverse=True)
    return np.eye(int(inverse.max()) + 1)[inverse]


def residual(values: np.ndarray, *groups: np.ndarray) -> np.ndarray:
    """What least squares on indicator columns leaves, by the singular value decomposition."""
    design = np.column_stack([dummies(g) for g in groups])
    return values - design @ np.linalg.lstsq(design, values, rcond=None)[0]


def delete_one(clusters: np.ndarray, estimate: object) -> float:
    """CV3 standard error of a function of a mask of rows, refitted without each cluster."""
    whole = estimate(np.ones(len(clusters), dtype=bool))
    parts = np.array([estimate(clusters != c) for c in np.unique(clusters)])
    g = len(parts)
    return float(np.sqrt((g - 1) / g * ((parts - whole) ** 2).sum()))
