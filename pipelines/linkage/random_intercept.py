"""Linear model with one random intercept, by restricted maximum likelihood.

Here: the textbook mixed model behind the hybrid rows, from group totals. Not here: sampling error
of scores; without it the within slope is too small (``hybrid`` says so in its rows).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class RandomIntercept:
    """Coefficients (intercept, columns, levels), their covariance and the two variances."""

    coefficients: np.ndarray
    cov: np.ndarray
    var_group: float
    var_residual: float

    @property
    def std_errors(self) -> np.ndarray:
        """Square roots of the diagonal of the covariance."""
        return np.sqrt(np.diag(self.cov))


@dataclass(frozen=True)
class Moments:
    """Cross-products of all columns (y last), and of group totals by size of group."""

    cross: np.ndarray
    sizes: np.ndarray
    n_groups: np.ndarray
    totals: np.ndarray
    n: int


def random_intercept(
    group: np.ndarray, y: np.ndarray, columns: list[np.ndarray] | None = None,
    *, levels: np.ndarray | None = None,
) -> RandomIntercept:  # fmt: skip
    """``y = X b + u_group + e`` by REML, profiled over the ratio of the two variances.

    With x split into unit mean and deviation the coefficients are the between and within slopes
    (Mundlak 1978; Bell, Fairbrother and Jones 2019). ``levels`` are codes of a category (periods)
    that enters as indicators, the first left out; they are summed, never spread out. It misleads
    when scores carry sampling error.

    >>> rng = np.random.default_rng(1)
    >>> g = np.repeat(np.arange(50), 10)
    >>> fit = random_intercept(g, rng.normal(0, 2, 50)[g] + rng.normal(0, 1, 500))
    >>> round(fit.var_group, 1), round(fit.var_residual, 1)
    (3.0, 0.9)
    """
    values = np.column_stack([np.ones(len(y)), *(columns or []), y]).astype(float)
    # sums of squares about the mean keep their digits, however far from zero the scores lie
    mean = values[:, 1:].mean(axis=0)
    values[:, 1:] -= mean
    moments = _moments(group, values, levels)
    p, n = len(moments.cross) - 1, moments.n

    def parts(ratio: float) -> tuple[np.ndarray, np.ndarray, float]:
        shrink = ratio / (1 + moments.sizes * ratio)
        products = moments.cross - np.einsum("s,sij->ij", shrink, moments.totals)
        beta = np.linalg.solve(products[:p, :p], products[:p, p])
        return products[:p, :p], beta, float(products[p, p] - products[:p, p] @ beta)

    def deviance(log_ratio: float) -> float:
        ratio = float(np.exp(log_ratio))
        a, _, rss = parts(ratio)
        spread = moments.n_groups @ np.log1p(moments.sizes * ratio)
        return float((n - p) * np.log(rss) + spread + np.linalg.slogdet(a)[1])

    def slope(log_ratio: float) -> float:
        ratio = float(np.exp(log_ratio))
        a, beta, rss = parts(ratio)
        change = -np.einsum("s,sij->ij", (1 + moments.sizes * ratio) ** -2.0, moments.totals)
        residual = np.append(-beta, 1.0)
        spread = moments.n_groups @ (moments.sizes / (1 + moments.sizes * ratio))
        bend = float(residual @ change @ residual)
        turn = float(np.trace(np.linalg.solve(a, change[:p, :p])))
        return (n - p) * bend / rss + float(spread) + turn

    ratio = float(np.exp(_minimum(deviance, slope, -18.0, 8.0)))
    a, beta, rss = parts(ratio)
    variance = rss / (n - p)
    back = np.eye(p)
    back[0, 1 : len(mean)] = -mean[:-1]
    beta, cov = back @ beta, variance * (back @ np.linalg.inv(a) @ back.T)
    beta[0] += mean[-1]
    return RandomIntercept(beta, cov, ratio * variance, variance)


def _moments(group: np.ndarray, values: np.ndarray, levels: np.ndarray | None) -> Moments:
    _, codes = np.unique(group, return_inverse=True)
    sizes = np.bincount(codes)
    # centring keeps group totals small, so that sums of squares do not cancel
    own = np.column_stack([np.bincount(codes, weights=v) for v in values.T])
    cross = values.T @ values
    if levels is not None:
        cross, own = _with_levels(codes, values, levels, cross, own)
    distinct, place = np.unique(sizes, return_inverse=True)
    totals = np.stack([own[place == i].T @ own[place == i] for i in range(len(distinct))])
    return Moments(cross, distinct.astype(float), np.bincount(place), totals, len(values))


def _with_levels(
    codes: np.ndarray, values: np.ndarray, levels: np.ndarray, cross: np.ndarray, own: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Adds indicator columns of all levels but the first, before y."""
    _, level = np.unique(levels, return_inverse=True)
    k = int(level.max()) + 1
    by_level = np.column_stack([np.bincount(level, v, k) for v in values.T])[1:]
    count = np.bincount(level, minlength=k)[1:].astype(float)
    n_groups = len(own)
    present = np.bincount(codes * k + level, minlength=n_groups * k).reshape(n_groups, k)[:, 1:]
    q = values.shape[1] - 1
    full = np.zeros((q + k, q + k))
    place = np.concatenate([np.arange(q), [q + k - 1]])
    inside = np.arange(q, q + k - 1)
    full[np.ix_(place, place)] = cross
    full[np.ix_(inside, place)] = by_level
    full[np.ix_(place, inside)] = by_level.T
    full[inside, inside] = count
    return full, np.column_stack([own[:, :q], present, own[:, q:]])


def _minimum(
    function: Callable[[float], float], slope: Callable[[float], float], low: float, high: float
) -> float:
    """Where a function is smallest: a coarse grid, then the root of its slope by bisection."""
    grid = np.linspace(low, high, 60)
    best = int(np.argmin([function(float(t)) for t in grid]))
    a, b = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    if slope(a) >= 0 or slope(b) <= 0:
        return float(grid[best])
    for _ in range(60):
        middle = (a + b) / 2
        if slope(middle) < 0:
            a = middle
        else:
            b = middle
    return (a + b) / 2
