"""Correlations of plain arrays, as textbooks define them.

Here: Pearson, weighted Pearson, Spearman, partial, repeated-measures and compared correlations,
each with its analytic interval. They assume independent rows. Not here: clusters, panels, sampling
error; ``between`` and ``within`` use these formulas and add those.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipelines.linkage.demeaning import remove_means
from pipelines.linkage.intervals import (  # fmt: skip
    atanh,
    normal_p_value,
    normal_quantile,
    t_p_value,
)


class Correlation(NamedTuple):
    """A correlation with its interval and test; undefined ones are NaN."""

    estimate: float
    conf_low: float
    conf_high: float
    statistic: float
    df: int
    p_value: float
    slope: float


def _from_r(r: float, df: int, std_error_z: float, level: float, slope: float) -> Correlation:
    if not np.isfinite(r):
        return Correlation(np.nan, np.nan, np.nan, np.nan, df, np.nan, slope)
    statistic = r * np.sqrt(df / max(1 - r * r, 1e-300))
    half = normal_quantile(0.5 + level / 2) * std_error_z
    low, high = np.tanh(float(atanh(r)) - half), np.tanh(float(atanh(r)) + half)
    return Correlation(r, float(low), float(high), statistic, df, t_p_value(statistic, df), slope)


def weighted_moments(
    x: np.ndarray, y: np.ndarray, weight: np.ndarray
) -> tuple[float, float, float]:
    """Weighted variance of x, covariance, variance of y (divided by the sum of weights)."""
    weight = weight / weight.sum()
    dx, dy = x - weight @ x, y - weight @ y
    return float(weight @ (dx * dx)), float(weight @ (dx * dy)), float(weight @ (dy * dy))


def pearson(
    x: np.ndarray, y: np.ndarray, *, weights: np.ndarray | None = None, conf_level: float = 0.95
) -> Correlation:
    """Pearson correlation and slope of y on x with a Fisher-z interval.

    Measures linear association of rows. It misleads when rows share causes (units of one location)
    or are few. ``atanh(r) +- z / sqrt(n - 3)``; test by t with n - 2 degrees of freedom. With
    weights the interval still counts rows (Fisher 1921).

    >>> result = pearson(np.array([1., 2., 3., 4., 5.]), np.array([2., 1., 4., 3., 5.]))
    >>> round(result.estimate, 3), round(result.p_value, 3)
    (0.8, 0.104)
    """
    weight = np.ones(len(x)) if weights is None else np.asarray(weights, float)
    vx, cov, vy = weighted_moments(np.asarray(x, float), np.asarray(y, float), weight)
    with np.errstate(divide="ignore", invalid="ignore"):
        r, slope = float(np.divide(cov, np.sqrt(vx * vy))), float(np.divide(cov, vx))
    return _from_r(r, len(x) - 2, 1 / np.sqrt(max(len(x) - 3, 1)), conf_level, slope)


def ranks(values: np.ndarray) -> np.ndarray:
    """Average ranks from 1; ties share their mean rank.

    Values that differ by less than 1e-10 of the largest are ties: scores from a few labels tie
    often, and demeaning leaves equal scores a rounding error apart, which would order them.

    >>> ranks(np.array([10.0, 20.0, 20.0, 30.0])).tolist()
    [1.0, 2.5, 2.5, 4.0]
    >>> ranks(np.array([0.1 + 0.2, 0.3, -1.0])).tolist()
    [2.5, 2.5, 1.0]
    """
    largest = np.abs(values).max(initial=0.0)
    steps = np.round(values / largest, 10) if largest > 0 else values
    _, inverse, counts = np.unique(steps, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return (last - (counts - 1) / 2)[inverse]


def spearman(x: np.ndarray, y: np.ndarray, *, conf_level: float = 0.95) -> Correlation:
    """Rank correlation with the interval of Bonett and Wright (2000).

    Measures whether the order agrees; single extreme units matter less than for Pearson. It
    misleads when there are many ties. ``SE_z = sqrt((1 + rho^2/2) / (n - 3))``; p from t.

    >>> round(spearman(np.array([1., 2., 3., 4.]), np.array([1., 3., 2., 4.])).estimate, 2)
    0.8
    """
    rho = pearson(ranks(np.asarray(x)), ranks(np.asarray(y)))
    error = np.sqrt((1 + rho.estimate**2 / 2) / max(len(x) - 3, 1))
    return _from_r(rho.estimate, len(x) - 2, error, conf_level, rho.slope)


def partial_correlation(
    x: np.ndarray, y: np.ndarray, controls: np.ndarray, *, conf_level: float = 0.95
) -> Correlation:
    """Correlation of x and y after both are regressed on controls.

    Measures the link at equal values of the controls. It misleads when a control is a consequence
    of x. ``df = n - k - 2``, ``SE_z = 1 / sqrt(n - k - 3)``.

    >>> x, z = np.array([1., 2., 3., 4., 5., 7.]), np.array([1., 0., 1., 0., 1., 0.])
    >>> round(partial_correlation(x, 2 * x + z, z[:, None]).estimate, 3)
    1.0
    """
    controls = np.asarray(controls, float).reshape(len(x), -1)
    design = np.column_stack([np.ones(len(x)), controls])
    both = np.column_stack([x, y]).astype(float)
    residual = both - design @ np.linalg.lstsq(design, both, rcond=None)[0]
    plain = pearson(residual[:, 0], residual[:, 1])
    n_free = len(x) - controls.shape[1]
    return _from_r(
        plain.estimate, n_free - 2, 1 / np.sqrt(max(n_free - 3, 1)), conf_level, plain.slope
    )


def repeated_measures_correlation(
    subject: np.ndarray, x: np.ndarray, y: np.ndarray, *, conf_level: float = 0.95,
    interval: str = "partial",
) -> Correlation:  # fmt: skip
    """Correlation inside subjects over repeated measures (Bakdash and Marusich 2017).

    Measures whether x and y move together within a subject. It misleads on time series: it treats
    repeated measures as independent and leaves period shocks in, so it is descriptive here.
    ``df = N - subjects - 1``; interval ``partial`` uses ``SE_z = 1/sqrt(df - 1)``, the exact
    partial-correlation form; ``rmcorr`` uses ``1/sqrt(df - 3)``, as the R package does.

    >>> s = np.array([0, 0, 0, 1, 1, 1])
    >>> x = np.array([1., 2., 3., 2., 3., 4.])
    >>> round(repeated_measures_correlation(s, x, np.array([1., 2., 3., 5., 6., 8.])).estimate, 3)
    0.968
    """
    if interval not in ("partial", "rmcorr"):
        raise ValueError(f"interval={interval!r}: allowed are partial, rmcorr")
    _, codes = np.unique(subject, return_inverse=True)
    n_subjects = int(codes.max()) + 1
    dx = remove_means(np.asarray(x, float), codes, n_subjects)
    dy = remove_means(np.asarray(y, float), codes, n_subjects)
    with np.errstate(divide="ignore", invalid="ignore"):
        r = float(np.divide(dx @ dy, np.sqrt((dx @ dx) * (dy @ dy))))
        slope = float(np.divide(dx @ dy, dx @ dx))
    df = len(dx) - n_subjects - 1
    free = df - 1 if interval == "partial" else df - 3
    return _from_r(r, df, 1 / np.sqrt(max(free, 1)), conf_level, slope)


def disattenuate(r: float, reliability_x: float, reliability_y: float) -> float:
    """Correlation between true scores (Spearman 1904): ``r / sqrt(rel_x rel_y)``.

    It misleads when reliabilities are guessed, and can leave [-1, 1] when they are too low.

    >>> round(disattenuate(0.3, 0.7, 0.8), 4)
    0.4009
    """
    return float(r / np.sqrt(reliability_x * reliability_y))


def compare_correlations(r1: float, n1: int, r2: float, n2: int) -> tuple[float, float]:
    """z and two-sided p for the difference of two independent correlations.

    >>> [round(v, 3) for v in compare_correlations(0.45, 120, 0.20, 95)]
    [2.024, 0.043]
    """
    z = (np.arctanh(r1) - np.arctanh(r2)) / np.sqrt(1 / (n1 - 3) + 1 / (n2 - 3))
    return float(z), normal_p_value(float(z))


def rank_correlation_influence(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Influence of each row on Spearman's rho, summing to about zero.

    Summed by cluster it gives a standard error that knows about shared causes. With F, G the
    distribution functions: ``12 [F(x_i) G(y_i) + E G(Y) 1(X > x_i) + E F(X) 1(Y > y_i)]`` less its
    mean, ties counted half.

    >>> x = np.arange(5.0)
    >>> bool(abs(rank_correlation_influence(x, x).sum()) < 1e-9)
    True
    """
    n = len(x)
    f, g = (ranks(x) - 0.5) / n, (ranks(y) - 0.5) / n
    value = f * g + _mean_above(x, g) + _mean_above(y, f)
    return 12 * (value - value.mean())


def _mean_above(order_by: np.ndarray, values: np.ndarray) -> np.ndarray:
    """For each row the mean of ``values`` over rows where ``order_by`` is larger (ties half)."""
    keys, inverse = np.unique(order_by, return_inverse=True)
    total = np.bincount(inverse, weights=values, minlength=len(keys))
    above = np.concatenate([np.cumsum(total[::-1])[::-1][1:], [0.0]])
    return (above + total / 2)[inverse] / len(values)
