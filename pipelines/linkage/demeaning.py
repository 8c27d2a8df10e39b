"""Removal of unit and period means, without dummy matrices.

Here: one-way and two-way demeaning of arrays by integer group codes. Not here: sums per cluster or
anything that knows what the columns mean.
"""

from __future__ import annotations

import numpy as np


def group_means(values: np.ndarray, codes: np.ndarray, n_groups: int) -> np.ndarray:
    """Mean of each group; groups without members get zero.

    >>> group_means(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]), 2).tolist()
    [2.0, 5.0]
    """
    counts = np.bincount(codes, minlength=n_groups)
    return np.bincount(codes, weights=values, minlength=n_groups) / np.maximum(counts, 1)


def remove_means(values: np.ndarray, codes: np.ndarray, n_groups: int) -> np.ndarray:
    """Values minus the mean of their group.

    >>> remove_means(np.array([1.0, 3.0, 5.0]), np.array([0, 0, 1]), 2).tolist()
    [-1.0, 1.0, 0.0]
    """
    return values - group_means(values, codes, n_groups)[codes]


def _is_balanced(unit: np.ndarray, period: np.ndarray, n_units: int, n_periods: int) -> bool:
    if len(unit) != n_units * n_periods:
        return False
    return bool(
        (np.bincount(unit, minlength=n_units) == n_periods).all()
        and (np.bincount(period, minlength=n_periods) == n_units).all()
    )


def remove_unit_and_period_means(
    values: np.ndarray,
    unit: np.ndarray,
    period: np.ndarray,
    n_units: int,
    n_periods: int,
    tolerance: float = 1e-10,
) -> np.ndarray:
    """Residuals of values after unit and period effects.

    Balanced panels take one step. Others alternate between the two sets of means (the method of
    alternating projections) until the largest remaining mean is below ``tolerance`` standard
    deviations.

    >>> v = remove_unit_and_period_means(
    ...     np.array([1.0, 2.0, 3.0, 5.0]), np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), 2, 2)
    >>> v.tolist()
    [0.25, -0.25, -0.25, 0.25]
    """
    residual = remove_means(values, period, n_periods)
    residual = remove_means(residual, unit, n_units)
    if _is_balanced(unit, period, n_units, n_periods):
        return residual
    unit_counts = np.maximum(np.bincount(unit, minlength=n_units), 1)
    period_counts = np.maximum(np.bincount(period, minlength=n_periods), 1)
    limit = tolerance * max(float(values.std()), 1e-300)
    for _ in range(500):
        shift = np.bincount(period, weights=residual, minlength=n_periods) / period_counts
        if np.abs(shift).max(initial=0.0) < limit:
            break
        residual -= shift[period]
        residual -= (np.bincount(unit, weights=residual, minlength=n_units) / unit_counts)[unit]
    return residual
