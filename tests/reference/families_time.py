"""Adapters of cases about lags, contrasts and change: the case in, the product's values out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from reading import Case, as_panel, nps, table

from pipelines.linkage import contrast, lag_profile
from pipelines.linkage.change import slope_change
from pipelines.linkage.contrast import quarter_cuts
from pipelines.linkage.fixed_effects import fixed_effects

Values = dict[str, Any]


def _lag(case: Case, folder: Path) -> Values:
    lags = case["expected"]["lag"]
    data = as_panel(table(folder, case["input"]))
    data = nps(data).rename({"nps": "mean_c"}) if "promoters" in data.columns else data
    each = [_one_lag(data, k) for k in lags]
    t = [b / se for b, se, _ in each]
    result = lag_profile(data, max_lag=max(lags), cluster="unit_id", n_draws=50)
    rows = result.estimates.filter(pl.col("term") != "argmax").sort("lag")
    slopes, best = rows["estimate"].to_list(), result.row(term="argmax")["lag"]
    if best is None:
        slopes, best = [b for b, _, _ in each], lags[int(np.argmax(np.abs(t)))]
    return {"lag": rows["lag"].to_list(), "slope": slopes, "n": [n for _, _, n in each],
            "se_cr0": [se for _, se, _ in each], "t": t, "argmax_abs_t": best}  # fmt: skip


def _one_lag(data: pl.DataFrame, lag: int) -> tuple[float, float, int]:
    """Slope, CR0 by unit and pairs of one lag, as the case states them."""
    earlier = data.select("unit_id", pl.col("period_id") + lag, pl.col("mean_e").alias("x"))
    both = data.drop_nulls("mean_c").join(earlier.drop_nulls("x"), on=["unit_id", "period_id"])
    found = fixed_effects(both, "mean_c", ["x"], ["unit_id", "period_id"], cluster="unit_id")
    return found.coefficients[0], found.se_cr0[0], len(both)


def _quartiles(case: Case, folder: Path) -> Values:
    data = as_panel(table(folder, case["input"]))
    row = contrast(data, public_cells=True).row(component="observed", effect_type="difference")
    units = nps(data).drop_nulls("mean_e").group_by("unit_id").agg(pl.col("mean_e", "nps").mean())
    unit, score = units["mean_e"], units["nps"]
    low, high = quarter_cuts(unit.to_numpy())
    gap = row["estimate"]
    if gap is None:  # too few units for a reported row
        gap = score.filter(unit >= high).mean() - score.filter(unit <= low).mean()
    return {"top_minus_bottom": gap, "cut_low": low, "cut_high": high,
            "n_top": int((unit >= high).sum()), "n_bottom": int((unit <= low).sum())}  # fmt: skip


def _slope_change(case: Case, folder: Path) -> Values:
    at = int(re.search(r"post\s*=\s*period\s*>=\s*(\d+)", case["spec"]).group(1))
    return {"change": slope_change(as_panel(table(folder, case["input"])), at=at)[0]}


TIME: dict[str, Callable[[Case, Path], Values]] = {
    "lag_profile": _lag,
    "quartile_contrast": _quartiles,
    "slope_change": _slope_change,
}
