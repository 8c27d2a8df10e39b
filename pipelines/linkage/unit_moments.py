"""Moments of unit means as functions of sums per cluster.

Here: unit means, the sums every between estimand needs, and slope, correlation and reliability as
their function. Not here: rows, guards or intervals.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.linkage.demeaning import group_means, remove_means
from pipelines.linkage.intervals import atanh
from pipelines.linkage.panel import Cells
from pipelines.linkage.sampling_error import between_error
from pipelines.linkage.settings import Settings
from pipelines.linkage.sums import Jackknife, Statistic, effective_clusters, sums_by

SLOPE, Z, SLOPE_TRUE, Z_TRUE, REL_X, REL_Y, COV, VAR_TRUE = range(8)
"""Places of the values that ``between_sums`` returns."""


@dataclass(frozen=True)
class UnitMeans:
    """Period-demeaned unit means, their weights, and the jackknife of everything made from them."""

    x: np.ndarray
    y: np.ndarray
    weight: np.ndarray
    jack: Jackknife
    df: float


def unit_averages(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Unit means of both scores after period means are removed from the cells."""
    return tuple(
        group_means(remove_means(v, cells.period, cells.n_periods), cells.unit, cells.n_units)
        for v in (cells.x, cells.y)
    )  # type: ignore[return-value]


def cluster_df(cells: Cells, sizes: np.ndarray, settings: Settings) -> float:
    """Degrees of freedom: clusters less one, counted as equal ones in the full correction."""
    if settings.correction == "plain":
        return max(cells.n_clusters - 1.0, 1.0)
    return max(min(float(cells.n_clusters), effective_clusters(sizes)) - 1, 1.0)


def between_sums(
    cells: Cells, settings: Settings, x: np.ndarray, y: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, Statistic]:
    """Sums per cluster, and slope, r, corrected values and reliabilities as their function."""
    error_x = between_error(cells, settings, "x", weight)
    error_y = between_error(cells, settings, "y", weight)
    sums = sums_by(
        cells.unit_cluster, cells.n_clusters, weight, weight * x, weight * y, weight * x * x,
        weight * x * y, weight * y * y, weight**2, *error_x.columns, *error_y.columns,
    )  # fmt: skip
    last = 7 + len(error_x.columns)

    def statistic(s: np.ndarray) -> np.ndarray:
        w = s[..., 0]
        mx, my = s[..., 1] / w, s[..., 2] / w
        cxx, cxy, cyy = s[..., 3] / w - mx * mx, s[..., 4] / w - mx * my, s[..., 5] / w - my * my
        kept = 1 - s[..., 6] / w**2 if settings.correction == "full" else 1.0
        true_x = cxx - kept * error_x.total(s[..., 7:last]) / w
        true_y = cyy - kept * error_y.total(s[..., last:]) / w
        r_true = cxy / np.sqrt(np.where((true_x > 0) & (true_y > 0), true_x * true_y, np.nan))
        z_true = np.arctanh(np.where(np.abs(r_true) < 1, r_true, np.nan))
        return np.stack([
            cxy / cxx, atanh(cxy / np.sqrt(cxx * cyy)), cxy / true_x, z_true, true_x / cxx,
            true_y / cyy, cxy, true_x,
        ], axis=-1)  # fmt: skip

    return sums, statistic
