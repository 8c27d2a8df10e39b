"""Linear model with one random intercept, by restricted maximum likelihood.

Here: the textbook mixed model behind the hybrid rows, from group totals. Not here: sampling error
of scores; without it the within slope is too small (``hybrid`` says so in its rows).
"""

from __future__ import annotations

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

    def at(self, ratios: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """For each ratio of the variances: X'X, coefficients and residual sum of squares."""
        p = len(self.cross) - 1
        shrink = ratios[:, None] / (1 + self.sizes * ratios[:, None])
        products = self.cross - self._weighted(shrink)
        a, b = products[:, :p, :p], products[:, :p, p]
        beta = np.linalg.solve(a, b[:, :, None])[:, :, 0]
        return a, beta, products[:, p, p] - (b * beta).sum(axis=1)

    def deviance(self, log_ratios: np.ndarray) -> np.ndarray:
        """REML deviance at each log ratio, but for a constant."""
        ratios = np.exp(log_ratios)
        a, beta, rss = self.at(ratios)
        spread = np.log1p(self.sizes * ratios[:, None]) @ self.n_groups
        return (self.n - beta.shape[1]) * np.log(rss) + spread + np.linalg.slogdet(a)[1]

    def slope(self, log_ratios: np.ndarray) -> np.ndarray:
        """Slope of the deviance at each log ratio, but for a factor above zero."""
        ratios = np.exp(log_ratios)
        a, beta, rss = self.at(ratios)
        p, grown = beta.shape[1], 1 + self.sizes * ratios[:, None]
        change = -self._weighted(grown**-2.0)  # of the products, by ratio
        residual = np.column_stack([-beta, np.ones(len(beta))])
        spread = (self.sizes / grown) @ self.n_groups
        bend = np.einsum("ri,rij,rj->r", residual, change, residual)
        turn = np.trace(np.linalg.solve(a, change[:, :p, :p]), axis1=1, axis2=2)
        return (self.n - p) * bend / rss + spread + turn

    def _weighted(self, weights: np.ndarray) -> np.ndarray:
        """Totals of every size by their weights, for each row of these."""
        q = len(self.cross)
        return (weights @ self.totals.reshape(len(self.sizes), -1)).reshape(-1, q, q)


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
    ratio = float(np.exp(_minimum(moments, -18.0, 8.0)))
    (a,), (beta,), (rss,) = moments.at(np.array([ratio]))
    p = len(beta)
    variance = float(rss) / (moments.n - p)
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


def _minimum(moments: Moments, low: float, high: float) -> float:
    """Log ratio of the least deviance: a coarse grid, then the root of its slope."""
    from scipy.optimize import brentq  # noqa: PLC0415 - as long to import as all other of linkage

    grid = np.linspace(low, high, 60)
    best = int(np.argmin(moments.deviance(grid)))
    a, b = float(grid[max(best - 1, 0)]), float(grid[min(best + 1, len(grid) - 1)])
    at_ends = moments.slope(np.array([a, b]))
    if at_ends[0] >= 0 or at_ends[1] <= 0:
        return float(grid[best])
    return float(brentq(lambda t: moments.slope(np.array([t]))[0], a, b, xtol=1e-14, rtol=1e-15))
