"""Periods that share answers with the one before: rolling windows passed off as periods.

Here: the declaration, the dates, and the mark such windows leave in the scores. Not here: scores
copied whole into later periods (``repeats``).

A window of w steps that moves by one changes by (new - dropped)/w. So consecutive changes are
unrelated, changes w steps apart mirror each other (correlation -.5), and a change is smaller than
the sampling error of its two cells allows. A crew that answers again also changes less than that,
but its consecutive changes mirror each other; so both marks together tell the two apart.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.linkage.demeaning import remove_means
from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells
from pipelines.linkage.settings import Settings

MIN_CHANGES, MAX_WINDOW = 200, 6
MIRRORED, UNRELATED, TOO_SMALL = -0.3, -0.2, 0.75


def overlapping_windows(cells: Cells, settings: Settings) -> list[Finding]:
    """Reject change over time where periods share answers."""
    words = None
    if settings.windows_overlap:
        words = "Periods are rolling windows that share answers."
    elif dates_overlap(cells.frame):
        words = "Some periods begin before the one before them has ended."
    else:
        sides = (
            (settings.x_measure, cells.x, cells.error_x),
            (settings.y_measure, cells.y, cells.error_y),
        )
        for name, values, error in sides:
            width = _rolling_width(cells, values, error)
            if width is not None:
                words = (
                    f"Changes of {name} mirror each other {width} periods apart and are smaller "
                    f"than its answers allow: windows of {width} periods that move by one?"
                )
    if words is None:
        return []
    return [Finding(code="overlapping_windows", severity="reject", message=words)]


def dates_overlap(frame: pl.DataFrame) -> bool:
    """Whether a period begins before the one before it has ended; without dates, no."""
    if not {"period_start", "period_end"} <= set(frame.columns):
        return False
    periods = frame.select("period_start", "period_end").drop_nulls().unique().sort("period_start")
    late = periods["period_start"] <= periods["period_end"].shift(1)
    return bool(late.fill_null(False).any())


def _rolling_width(cells: Cells, values: np.ndarray, error: np.ndarray) -> int | None:
    """Width of the rolling window a score was made with, or ``None``."""
    if not np.isfinite(error).all() or cells.n_periods < 4:
        return None
    shape = (cells.n_units, cells.n_periods)
    grid, noise = np.full(shape, np.nan), np.full(shape, np.nan)
    grid[cells.unit, cells.period] = remove_means(values, cells.period, cells.n_periods)
    noise[cells.unit, cells.period] = error
    change, allowed = np.diff(grid, axis=1), noise[:, 1:] + noise[:, :-1]
    known = np.isfinite(change)
    if known.sum() < MIN_CHANGES or np.diff(cells.period_index).max() != 1:
        return None
    size = float((change[known] ** 2).mean())
    if not 0 < size < TOO_SMALL * float(allowed[known].mean()):
        return None
    for width in range(2, min(MAX_WINDOW, cells.n_periods - 2) + 1):
        here = _likeness(change, width)
        if here is not None and here <= MIRRORED:
            between = [_likeness(change, step) for step in range(1, width)]
            return width if all(v is not None and v >= UNRELATED for v in between) else None
    return None


def _likeness(change: np.ndarray, step: int) -> float | None:
    """Correlation of changes that lie ``step`` periods apart."""
    now, then = change[:, step:], change[:, :-step]
    both = np.isfinite(now) & np.isfinite(then)
    if both.sum() < MIN_CHANGES / 2:
        return None
    return float((now[both] * then[both]).mean() / (change[np.isfinite(change)] ** 2).mean())
