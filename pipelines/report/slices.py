"""Slices of the units a reader may choose: each made here, from released cells, before the page.

What belongs here: unit means, the line of a slice, and which slices exist. What does not: any
number of a cell that is not in the published tables. The page filters these rows; it computes
nothing, so no choice can bring together what was kept apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.report.published import Published, Row

SMALLEST = 20
"""Units a line needs, as for every slope that is released."""
MOST_CELLS = 25_000
"""Cells up to which single periods can be chosen; beyond, the file would grow too large."""
STEPS = 24


def window_cells(published: Published) -> pl.DataFrame:
    """Cells of the primary window with both voices: unit, period, x, y and names."""
    primary = published.primary
    scores = published.tables["unit_period_scores"]
    if primary is None or primary["period_start"] is None:  # no question, or no score in its window
        return scores.clear().select(_CELL)
    closed = published.tables["periods"].filter("is_closed").select("period_id", "period_index")
    return (
        scores.join(closed, on="period_id")
        .filter(
            pl.col("employee_score").is_not_null() & pl.col("customer_score").is_not_null(),
            pl.col("employee_metric_id") == primary["x_measure"],
            pl.col("customer_metric_id") == primary["y_measure"],
            pl.col("period_start") >= primary["period_start"],
            pl.col("period_end") <= primary["period_end"],
        )
        .select(_CELL)
    )


_CELL = [
    pl.col("unit_id"), pl.col("team_name"), pl.col("location_name"), pl.col("location_id"),
    pl.col("region_id"), pl.col("region_name"), pl.col("period_id"),
    pl.col("employee_score").alias("x"), pl.col("customer_score").alias("y"),
    pl.col("n_employee_responses").alias("n_x"), pl.col("n_customer_responses").alias("n_y"),
]  # fmt: skip


def unit_means(cells: pl.DataFrame) -> pl.DataFrame:
    """One row per unit: its mean over periods, each score taken relative to its period's mean.

    The same step as in the estimator, so that the line of the estimate is the line of these points.

    >>> cells = pl.DataFrame({"unit_id": ["a", "b", "a"], "period_id": ["1", "1", "2"],
    ...     "x": [50.0, 70.0, 90.0], "y": [1.0, 3.0, 4.0], "n_x": [9, 9, 9], "n_y": [9, 9, 9],
    ...     "team_name": None, "location_name": None, "location_id": None, "region_id": None,
    ...     "region_name": None})
    >>> unit_means(cells)["x"].to_list()
    [65.0, 80.0]
    """
    names = ["team_name", "location_name", "location_id", "region_id", "region_name"]
    centred = cells.with_columns(
        (pl.col(c) - pl.col(c).mean().over("period_id") + pl.col(c).mean()).alias(c)
        for c in ("x", "y")
    )
    return (
        centred.group_by("unit_id")
        .agg(*(pl.col(c).last() for c in names), pl.col("x", "y").mean().round(2),
             pl.col("n_x", "n_y").sum(), pl.len().alias("n_periods"))
        .sort("unit_id")
    )  # fmt: skip


def line(points: pl.DataFrame, estimate: Mapping[str, Any]) -> list[Row]:
    """The line of a published slope through the middle of its units, with the band of its mean.

    Half-width at x: t sqrt(s^2 / n + (x - mean)^2 se^2), with the published standard error `se` and
    t as in the published interval; s is the spread of the units about the line. Fewer than 20 units
    give no line.
    """
    slope, low, high, se = (
        estimate.get(k) for k in ("estimate", "conf_low", "conf_high", "std_error")
    )
    if slope is None or len(points) < SMALLEST:
        return []
    x, y = points["x"], points["y"]
    mean_x, mean_y = float(x.mean()), float(y.mean())  # type: ignore[arg-type]
    rest = (y - mean_y - slope * (x - mean_x)).std(ddof=2) or 0.0
    t = (high - low) / 2 / se if se and low is not None and high is not None else 1.96
    start, end = float(x.min()), float(x.max())  # type: ignore[arg-type]
    rows = []
    for i in range(STEPS + 1):
        at = start + (end - start) * i / STEPS
        half = t * ((rest**2) / len(points) + ((at - mean_x) * (se or 0.0)) ** 2) ** 0.5
        middle = mean_y + slope * (at - mean_x)
        rows.append({"x": round(at, 2), "y": round(middle, 2), "low": round(middle - half, 2),
                     "high": round(middle + half, 2)})  # fmt: skip
    return rows


def slices(published: Published, cells: pl.DataFrame, means: pl.DataFrame) -> dict[str, Row]:
    """Slice name -> its line and the estimate it is from: all units, regions, single periods."""
    found: dict[str, Row] = {}
    observed = published.answers("between", component="observed", effect_type="slope")
    if observed:
        found["all"] = _slice(means, observed[0])
    for row in published.answers("segment", component="observed", effect_type="slope"):
        level, member = row["segment_by"], row["segment"]
        if level in ("region_id", "location_id") and member is not None:
            points = means.filter(pl.col(level) == member)
            found[f"{level}:{member}"] = _slice(points, row)
    index = dict(published.tables["periods"].select("period_index", "period_id").iter_rows())
    for row in published.companion("linkage_period_slopes"):
        period = index.get(row["period_index"])
        points = cells.filter(pl.col("period_id") == period)
        found[f"period:{period}"] = _slice(points, {**row, "estimate": row["slope"]})
    return found


def _slice(points: pl.DataFrame, estimate: Mapping[str, Any]) -> Row:
    keys = ("estimate", "conf_low", "conf_high", "std_error")
    return {"line": line(points, estimate), "n_units": len(points),
            **{k: estimate.get(k) for k in keys}}  # fmt: skip
