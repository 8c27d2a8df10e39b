"""Net promoter score of a cell from its three counts, with its sampling error.

Here: score, variance and interval of one cell or of arrays of cells. Not here: any link between
measures.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipelines.linkage.intervals import normal_quantile


class NetPromoter(NamedTuple):
    """Scores in points (-100 to 100) with standard errors and an adjusted Wald interval."""

    score: np.ndarray
    std_error: np.ndarray
    conf_low: np.ndarray
    conf_high: np.ndarray
    std_error_plugin: np.ndarray


def net_promoter(
    promoters: np.ndarray,
    passives: np.ndarray,
    detractors: np.ndarray,
    *,
    conf_level: float = 0.95,
    clip: bool = True,
) -> NetPromoter:
    """Net promoter scores of cells.

    Measures the share of promoters minus the share of detractors, times 100. It misleads in small
    cells: with one answer the score is -100, 0 or 100 and its standard error is unknown (NaN), and
    equal scores can hide very different shares.

    ``s^2 = 1e4 (p + d - (p - d)^2) / (n - 1)``; the interval adds 3/4 promoter, 3/2 passives and
    3/4 detractor (adjusted Wald; Rocks 2016) and is clipped to the scale for display.

    >>> cell = net_promoter(np.array([10]), np.array([5]), np.array([5]))
    >>> float(cell.score[0]), round(float(cell.std_error[0]), 2)
    (25.0, 19.02)
    """
    promoters, detractors = np.asarray(promoters, float), np.asarray(detractors, float)
    n = promoters + np.asarray(passives, float) + detractors
    with np.errstate(divide="ignore", invalid="ignore"):
        p, d = promoters / n, detractors / n
        spread = p + d - (p - d) ** 2
        unbiased = np.where(n > 1, 100 * np.sqrt(spread / (n - 1)), np.nan)
        plugin = 100 * np.sqrt(spread / n)
    n_adjusted = n + 3
    pa, da = (promoters + 0.75) / n_adjusted, (detractors + 0.75) / n_adjusted
    half = 100 * np.sqrt((pa + da - (pa - da) ** 2) / n_adjusted)
    half = half * normal_quantile(0.5 + conf_level / 2)
    low, high = 100 * (pa - da) - half, 100 * (pa - da) + half
    if clip:
        low, high = np.clip(low, -100, 100), np.clip(high, -100, 100)
    return NetPromoter(100 * (p - d), unbiased, low, high, plugin)
