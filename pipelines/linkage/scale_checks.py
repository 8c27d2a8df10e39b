"""Guards on scales: is a score still measured as it was in the period before?

Here: another scale from some period on, and a scale that was turned round. Not here: values outside
a declared scale and all other rules about the input (``input_checks``).
"""

from __future__ import annotations

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


def _by_period(
    period: np.ndarray, values: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Index, mean, SD, range and number of scores of every period that has some."""
    heard = ~np.isnan(values)
    order = np.argsort(period[heard], kind="stable")
    values = values[heard][order]
    index, first, count = np.unique(period[heard][order], return_index=True, return_counts=True)
    if not len(index):
        return index, values, values, values, count
    mean = np.add.reduceat(values, first) / count
    spread = np.add.reduceat((values - np.repeat(mean, count)) ** 2, first)
    with np.errstate(invalid="ignore"):  # one score has no spread
        spread = np.sqrt(np.where(count > 1, spread, np.nan) / np.maximum(count - 1, 1))
    width = np.maximum.reduceat(values, first) - np.minimum.reduceat(values, first)
    return index, mean, spread, width, count


def scale_breaks(panel: pl.DataFrame, settings: Settings) -> list[Finding]:
    """Jumps of a period mean beyond 4 usual SDs with another range, and sudden sign changes."""
    found = []
    period = panel["period_index"].to_numpy()
    for side, name in (("e", settings.x_measure), ("c", settings.y_measure)):
        scores = panel[f"mean_{side}"].to_numpy()
        index, mean, spread, width, count = _by_period(period, scores)
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
