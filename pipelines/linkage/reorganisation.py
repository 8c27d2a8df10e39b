"""Detection of units that kept their id but changed their members.

Here: one date at which unit means stop resembling what they were before, compared with the usual
resemblance in the same panel. Not here: the effective-dated organisation, which is the real source.
A quiet reorganisation turns a zero within-link into a false one, because levels of different teams
are read as change of one team.
"""

from __future__ import annotations

import numpy as np

from pipelines.linkage.demeaning import remove_means
from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells

MIN_UNITS, SIDE, LIMIT = 50, 3, 3.0


def reorganisation_findings(cells: Cells) -> list[Finding]:
    """Units that change cluster, and dates at which many units change level at once."""
    found = []
    if cells.n_units_moved:
        found.append(Finding(
            code="reorg_suspected", severity="warn", n_affected=cells.n_units_moved,
            n_total=cells.n_units,
            message=f"{cells.n_units_moved} units change {cells.cluster_name} during the window.",
        ))  # fmt: skip
    if cells.n_periods < 2 * SIDE or cells.n_units < MIN_UNITS:
        return found
    drops = [d for d in (_largest_drop(cells, v) for v in (cells.x, cells.y)) if d is not None]
    score, at = max(drops, default=(0.0, 0))
    if score > LIMIT:
        found.append(Finding(
            code="reorg_suspected", severity="warn", value=score, threshold=LIMIT,
            n_total=cells.n_units,
            message="Unit levels before and after period index "
            f"{cells.period_index[at]} resemble each other much less than at other dates.",
        ))  # fmt: skip
    return found


def _largest_drop(cells: Cells, values: np.ndarray) -> tuple[float, int] | None:
    """Largest fall of the before-after correlation below its usual value, in standard errors.

    Unit means of the 3 periods before a date are correlated with those of the 3 periods after it;
    the usual value is the median over dates whose windows do not touch the date judged.
    """
    # running totals per unit, one row per period, so that a window is a difference of two rows
    code = (cells.period + 1) * cells.n_units + cells.unit
    size, shape = (cells.n_periods + 1) * cells.n_units, (cells.n_periods + 1, cells.n_units)
    demeaned = remove_means(values, cells.period, cells.n_periods)
    total = np.bincount(code, weights=demeaned, minlength=size).reshape(shape).cumsum(axis=0)
    count = np.bincount(code, minlength=size).reshape(shape).cumsum(axis=0)
    dates = np.arange(SIDE, cells.n_periods - SIDE + 1)
    sums, counts = (v[SIDE:] - v[:-SIDE] for v in (total, count))
    before, after = dates - SIDE, dates
    both = (counts[before] > 0) & (counts[after] > 0)
    n = both.sum(axis=1)
    means = sums / np.maximum(counts, 1)
    early, late = (_about_mean(means[at], both, n) for at in (before, after))
    scale = np.sqrt((early * early).sum(axis=1) * (late * late).sum(axis=1))
    judged = (n >= MIN_UNITS) & (scale > 0)
    r = (early * late).sum(axis=1) / np.where(judged, scale, 1.0)
    z = np.where(judged, np.arctanh(np.clip(r, -0.999, 0.999)), np.nan)
    best: tuple[float, int] | None = None
    for i, date in enumerate(dates):
        usual = z[(np.abs(dates - date) >= 2) & np.isfinite(z)]
        if not np.isfinite(z[i]) or not len(usual):
            continue
        score = float((np.median(usual) - z[i]) * np.sqrt(max(n[i] - 3, 1)))
        if best is None or score > best[0]:
            best = (score, int(date))
    return best


def _about_mean(values: np.ndarray, there: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Values less their mean, row by row, over those that are there; 0 for others."""
    kept = np.where(there, values, 0.0)
    return np.where(there, kept - (kept.sum(axis=1) / np.maximum(n, 1))[:, None], 0.0)
