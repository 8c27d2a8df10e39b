"""The engine: one row of sums per cluster, jackknife and bootstrap on those sums.

Here: everything that turns sums per cluster into a standard error, a covariance or a set of draws.
Not here: what is summed (each estimator says that) and any distribution (``intervals``).

Every estimator is a smooth function h of totals. With S_g the sums of cluster g, the delete-one
values are h(S - S_g), so no model is ever refitted. Reference: MacKinnon, Nielsen and Webb (2023)
for the CV3 jackknife; Hansen (2025).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

Statistic = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Jackknife:
    """Estimates with their delete-one-cluster values; a differencing table, never released."""

    estimate: np.ndarray
    replicates: np.ndarray

    @property
    def n_clusters(self) -> int:
        return len(self.replicates)

    @property
    def _deviations(self) -> np.ndarray:
        """Scaled deviations of the replicates; an undefined estimate has undefined ones."""
        with np.errstate(invalid="ignore"):
            deviation = self.replicates - self.estimate
        return np.sqrt((self.n_clusters - 1) / self.n_clusters) * deviation

    @property
    def cov(self) -> np.ndarray:
        """CV3 covariance: (G-1)/G times the summed outer products about the full estimate."""
        return np.einsum("gi,gj->ij", self._deviations, self._deviations)

    @property
    def std_error(self) -> np.ndarray:
        """Square root of the diagonal of the CV3 covariance."""
        return np.sqrt(np.einsum("gi,gi->i", self._deviations, self._deviations))


def sums_by(codes: np.ndarray, n_groups: int, *columns: np.ndarray) -> np.ndarray:
    """Sums of each column per group, one row per group.

    >>> sums_by(np.array([0, 0, 1]), 2, np.array([1.0, 2.0, 3.0]), np.ones(3)).tolist()
    [[3.0, 2.0], [3.0, 1.0]]
    """
    out = np.empty((n_groups, len(columns)))
    for j, column in enumerate(columns):
        out[:, j] = np.bincount(codes, weights=column, minlength=n_groups)
    return out


def jackknife(sums: np.ndarray, statistic: Statistic) -> Jackknife:
    """Delete-one-cluster jackknife of a function of totals.

    ``statistic`` takes totals of shape (..., K) and returns values of shape (..., L).

    >>> sums = np.array([[1.0, 1.0], [2.0, 1.0], [6.0, 1.0]])
    >>> jack = jackknife(sums, lambda s: s[..., :1] / s[..., 1:])
    >>> round(float(jack.std_error[0]), 4)
    1.5275
    """
    total = sums.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return Jackknife(statistic(total), statistic(total - sums))


def by_content(rows: np.ndarray) -> np.ndarray:
    """Rows in the order of their values, so that random draws do not hang on names of clusters.

    Four columns decide: sums of real scores hardly ever tie in four.

    >>> by_content(np.array([[2.0, 1.0], [1.0, 5.0], [1.0, 3.0]])).tolist()
    [[1.0, 3.0], [1.0, 5.0], [2.0, 1.0]]
    """
    return rows[np.lexsort(rows[:, 3::-1].T)]


def bootstrap_totals(
    sums: np.ndarray, n_draws: int, seed: int, chunk: int = 250
) -> Iterator[np.ndarray]:
    """Totals of cluster bootstrap samples, in chunks that bound memory.

    Clusters are drawn with replacement (multinomial counts); one matrix product per chunk. Equal
    seeds give equal draws whatever the number of threads and whatever the clusters are called.

    >>> sums = np.arange(6.0).reshape(3, 2)
    >>> [block.shape for block in bootstrap_totals(sums, 5, seed=1, chunk=3)]
    [(3, 2), (2, 2)]
    """
    rng = np.random.default_rng(seed)
    n_clusters, sums = len(sums), by_content(sums)
    for start in range(0, n_draws, chunk):
        size = min(chunk, n_draws - start)
        drawn = rng.integers(0, n_clusters, size=(size, n_clusters))
        offset = np.arange(size)[:, None] * n_clusters
        counts = np.bincount((drawn + offset).ravel(), minlength=size * n_clusters)
        # each total is one dot product, so the number of BLAS threads does not change it
        yield counts.reshape(size, n_clusters).astype(float) @ sums


def effective_clusters(sizes: np.ndarray) -> float:
    """Number of equal clusters that would weigh as these do: (sum N)^2 / sum N^2.

    >>> effective_clusters(np.array([4.0, 4.0, 4.0]))
    3.0
    >>> round(effective_clusters(np.array([100.0, 1.0, 1.0])), 2)
    1.04
    """
    sizes = np.asarray(sizes, dtype=float)
    return float(sizes.sum() ** 2 / (sizes**2).sum())
