"""Guards on scales: is a score still measured as it was in the period before?

Here: another scale from some period on, and a scale that was turned round. Not here: values outside
a declared scale and all other rules about the input (``input_checks``).
"""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl

from pipelines.linkage.demeaning import remove_means
from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells
from pipelines.linkage.sample_checks import least_square
from pipelines.linkage.settings import Settings

MANY_UNITS, OTHER_SCALE, OTHER_SPREAD = 20, 20.0, 1.5
"""Among so many units a range that changes twentyfold is another scale, whatever the mean does; and
a spread that changes by half tells one where the mean jumps by 4 of the smaller spread (1 to 5
becomes 1 to 10: both scales enter the usual spread, which is too wide to judge by)."""


@cache
def _by_period() -> tuple[pl.Expr, ...]:
    """Mean, SD, range and number of a side's scores."""
    of_a_side = []
    for side in "ec":
        v = pl.col(f"mean_{side}")
        of_a_side += [
            v.mean().alias(f"m_{side}"), v.std().alias(f"s_{side}"),
            (v.max() - v.min()).alias(f"w_{side}"), v.count().alias(f"n_{side}"),
        ]  # fmt: skip
    return tuple(of_a_side)


def scale_breaks(panel: pl.DataFrame, settings: Settings) -> list[Finding]:
    """Jumps of a period mean beyond 4 usual SDs with another range, and sudden sign changes."""
    found = []
    periods = panel.group_by("period_index").agg(_by_period()).sort("period_index")
    every, columns = periods["period_index"].to_numpy(), periods.to_dict()
    for side, name in (("e", settings.x_measure), ("c", settings.y_measure)):
        mean, spread, width, count = (columns[f"{c}_{side}"].to_numpy() for c in "mswn")
        heard = count > 0
        index, mean, spread, width, count = (
            v[heard] for v in (every, mean, spread, width, count)
        )
        known = spread[~np.isnan(spread)]
        usual = float(np.median(known)) if len(known) else 0.0
        if len(index) < 2 or not usual:
            continue
        own = np.where(np.isnan(spread), 0.0, spread)
        ratio = (width[1:] + 1e-300) / (width[:-1] + 1e-300)
        jump, many = np.abs(np.diff(mean)), np.minimum(count[1:], count[:-1]) >= MANY_UNITS
        broken = (jump > 4 * usual) & ((ratio > 2) | (ratio < 0.5))
        # a score about zero does not jump when it changes from -100..100 to -1..1
        many &= np.minimum(width[1:], width[:-1]) > 0
        broken |= many & ((ratio > OTHER_SCALE) | (ratio < 1 / OTHER_SCALE))
        low, high = np.minimum(own[1:], own[:-1]), np.maximum(own[1:], own[:-1])
        broken |= many & (jump > 4 * low) & (high > OTHER_SPREAD * low)
        if broken.any():
            at = index[int(np.argmax(broken)) + 1]
            found.append(Finding(
                code="scale_break", severity="reject", n_affected=int(broken.sum()),
                n_total=len(index), value=float(jump.max() / usual), threshold=4.0,
                message=f"From period index {at} on {name} has another scale: its mean jumps by "
                "more than 4 standard deviations of the units and its range changes with it, or "
                f"its range changes by a factor above {OTHER_SCALE:g}.",
            ))  # fmt: skip
    return found


def reversals(cells: Cells, values: np.ndarray, name: str) -> list[Finding]:
    """Correlation of unit scores with the period before, below -.5 at 20 or more units."""
    index = cells.period_index[cells.period]
    after = np.flatnonzero((np.diff(cells.unit) == 0) & (np.diff(index) == 1)) + 1
    period = cells.period[after]
    n = np.bincount(period, minlength=cells.n_periods)
    now = remove_means(values[after], period, cells.n_periods)
    before = remove_means(values[after - 1], period, cells.n_periods)
    sxy, sxx, syy = (
        np.bincount(period, weights=v, minlength=cells.n_periods)
        for v in (now * before, now * now, before * before)
    )
    least = least_square(values)
    judged = (n >= 20) & (sxx > least) & (syy > least)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = np.where(judged, sxy / np.sqrt(sxx * syy), np.nan)
    turned = np.flatnonzero(r < -0.5)
    if not len(turned):
        return []
    return [Finding(
        code="scale_reversed", severity="warn", n_affected=len(turned), value=float(np.nanmin(r)),
        threshold=-0.5,
        message=f"Units high in {name} turn low from one period to the next (correlation "
        f"{r[turned[0]]:.2f} at period index {cells.period_index[turned[0]]}): a reversed scale?",
    )]  # fmt: skip
