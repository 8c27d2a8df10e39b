"""Every estimator on one panel, for tests about all of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
import polars as pl
from panels import panel

from pipelines.linkage import (
    Linkage,
    adjusted,
    aggregation,
    between,
    change,
    contrast,
    drivers,
    lag_profile,
    nonlinear,
    power,
    segments,
    within,
)  # fmt: skip

ITEMS = ["q1", "q2", "q3"]


def rich_panel(seed: int = 11) -> pl.DataFrame:
    """200 units x 10 periods with items, a covariate and a segment column."""
    data = panel(n_locations=50, n_periods=10, seed=seed, within=0.3)
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 3, (len(data), len(ITEMS)))
    items = {q: data["mean_e"].to_numpy() + noise[:, i] for i, q in enumerate(ITEMS)}
    return data.with_columns(
        *(pl.Series(q, v) for q, v in items.items()),
        pl.col("headcount").cast(float).alias("tenure") + pl.Series(rng.normal(0, 1, len(data))),
    )


ESTIMATORS: dict[str, Callable[[pl.DataFrame], Linkage]] = {
    "between": lambda d: between(d, respondent_overlap="none"),
    "within": lambda d: within(d, respondent_overlap="none"),
    "within_unknown": within,
    "lag": lambda d: lag_profile(d, n_draws=200),
    "adjusted": lambda d: adjusted(d, covariates=("tenure",), respondent_overlap="none"),
    "drivers": lambda d: drivers(d, items=ITEMS, n_draws=60),
    "segments": lambda d: segments(d, by="region_id", respondent_overlap="none"),
    "nonlinear": lambda d: nonlinear(d, covariates=("tenure",), n_draws=99),
    "contrast": lambda d: contrast(d, respondent_overlap="none"),
    "aggregation": aggregation,
    "power": power,
    "change": lambda d: change(d, n_draws=99),
}


@cache
def usual(name: str) -> Linkage:
    """What an estimator says of the rich panel; made once, to be looked at only."""
    return ESTIMATORS[name](rich_panel())
