"""Linear model with one random intercept, by restricted maximum likelihood.

Here: the textbook hybrid (within-between) model as an independent check of the sums engine. Not
here: sampling error of scores; without it the within slope is too small, so no reported row uses
this model.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RandomIntercept:
    """Coefficients (intercept first), their standard errors and the two variances."""

    coefficients: np.ndarray
    std_errors: np.ndarray
    var_group: float
    var_residual: float


def random_intercept(
    group: np.ndarray, y: np.ndarray, columns: list[np.ndarray] | None = None
) -> RandomIntercept:
    """``y = X b + u_group + e`` by REML, profiled over the ratio of the two variances.

    With x split into unit mean and deviation the coefficients are the between and within slopes
    (Mundlak 1978; Bell, Fairbrother and Jones 2019). It misleads when scores carry sampling error.

    >>> rng = np.random.default_rng(1)
    >>> g = np.repeat(np.arange(50), 10)
    >>> fit = random_intercept(g, rng.normal(0, 2, 50)[g] + rng.normal(0, 1, 500))
    >>> round(fit.var_group, 1), round(fit.var_residual, 1)
    (3.0, 0.9)
    """
    _, codes = np.unique(group, return_inverse=True)
    design = np.column_stack([np.ones(len(y)), *(columns or [])])
    n, p = design.shape
    sizes = np.bincount(codes).astype(float)
    both = np.column_stack([design, y])
    # centring keeps the group totals small, so that sums of squares do not cancel
    cross = both.T @ both
    totals = np.column_stack([np.bincount(codes, weights=v) for v in both.T])

    def solve(ratio: float) -> tuple[float, np.ndarray, np.ndarray, float]:
        shrink = ratio / (1 + sizes * ratio)
        moments = cross - (totals * shrink[:, None]).T @ totals
        a, b = moments[:p, :p], moments[:p, p]
        beta = np.linalg.solve(a, b)
        rss = float(moments[p, p] - b @ beta)
        deviance = (n - p) * np.log(rss) + np.log1p(sizes * ratio).sum()
        return float(deviance + np.linalg.slogdet(a)[1]), beta, a, rss

    ratio = np.exp(_minimum(lambda t: solve(float(np.exp(t)))[0], -18.0, 8.0))
    _, beta, a, rss = solve(float(ratio))
    variance = rss / (n - p)
    return RandomIntercept(
        beta, np.sqrt(variance * np.diag(np.linalg.inv(a))), float(ratio * variance), variance
    )


def _minimum(function: object, low: float, high: float) -> float:
    """Golden-section search on a unimodal function after a coarse grid."""
    grid = np.linspace(low, high, 60)
    values = [function(t) for t in grid]  # type: ignore[operator]
    best = int(np.argmin(values))
    a, b = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
    golden = (np.sqrt(5) - 1) / 2
    c, d = b - golden * (b - a), a + golden * (b - a)
    fc, fd = function(c), function(d)  # type: ignore[operator]
    for _ in range(80):
        if fc < fd:
            b, d, fd = d, c, fc
            c = b - golden * (b - a)
            fc = function(c)  # type: ignore[operator]
        else:
            a, c, fc = c, d, fd
            d = a + golden * (b - a)
            fd = function(d)  # type: ignore[operator]
    return float((a + b) / 2)
