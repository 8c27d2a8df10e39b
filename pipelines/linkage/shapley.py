"""Shares of explained variance from a correlation matrix: LMG (Shapley) and relative weights.

Here: pure linear algebra, batched over bootstrap draws. Not here: where the matrices come from
(``drivers``).
"""

from __future__ import annotations

import math

import numpy as np


def lmg_shares(correlations: np.ndarray) -> np.ndarray:
    """R2 split over predictors by averaging over all orders (Lindeman, Merenda and Gold 1980).

    Measures how much each predictor adds on average, whatever enters before it; the parts sum to R2
    (the Shapley value; Budescu 1993). It misleads as a ranking of levers: predictors that merely
    correlate with the working ones receive a share too.

    ``correlations`` is (..., p+1, p+1) with y last. All subsets are visited in Gray-code order, one
    pivot each: ``LMG_j = sum_S |S|!(p-1-|S|)!/p! [R2(S+j) - R2(S)]``.

    >>> r = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.3], [0.6, 0.3, 1.0]])
    >>> lmg_shares(r).round(2).tolist()
    [0.36, 0.09]
    """
    matrices = np.asarray(correlations, float)
    lead, p = matrices.shape[:-2], matrices.shape[-1] - 1
    explained = _r_squared_of_subsets(matrices.reshape(-1, p + 1, p + 1))
    n_members = np.array([s.bit_count() for s in range(1 << p)])
    weight = np.array([math.factorial(k) * math.factorial(p - 1 - k) for k in range(p)])
    weight = weight / math.factorial(p)
    subsets = np.arange(1 << p)
    shares = np.empty((explained.shape[1], p))
    for j in range(p):
        without = subsets[(subsets >> j) & 1 == 0]
        gain = explained[without | (1 << j)] - explained[without]
        shares[:, j] = weight[n_members[without]] @ gain
    return shares.reshape(*lead, p)


def _r_squared_of_subsets(matrices: np.ndarray) -> np.ndarray:
    """R2 of y on every subset of predictors, (2^p, draws).

    Draws are the last axis, so that each pivot runs over contiguous memory.
    """
    p = matrices.shape[-1] - 1
    a = np.moveaxis(matrices, 0, -1).copy(order="C")
    variance = a[p, p].copy()
    out = np.zeros((1 << p, a.shape[-1]))
    subset = 0
    for step in range(1, 1 << p):
        k = (step & -step).bit_length() - 1
        subset ^= 1 << k
        pivot = a[k, k].copy()
        row, column = a[k] / pivot, a[:, k].copy()
        a -= column[:, None, :] * row[None, :, :]
        # principal pivot: a second visit of k undoes the first
        a[k], a[:, k] = -row, column / pivot
        a[k, k] = 1.0 / pivot
        out[subset] = 1.0 - a[p, p] / variance
    return out


def relative_weights(correlations: np.ndarray) -> np.ndarray:
    """R2 split by Johnson's (2000) relative weights, close to LMG and quick for many predictors.

    With L the symmetric root of the predictor correlations and r those with y:
    ``eps = L^2 (L^-1 r)^2``. ``correlations`` is (..., p+1, p+1) with y last.

    >>> r = np.array([[1.0, 0.0, 0.6], [0.0, 1.0, 0.3], [0.6, 0.3, 1.0]])
    >>> relative_weights(r).round(2).tolist()
    [0.36, 0.09]
    """
    matrices = np.asarray(correlations, float)
    among, with_y = matrices[..., :-1, :-1], matrices[..., :-1, -1]
    values, vectors = np.linalg.eigh(among)
    root = np.sqrt(np.maximum(values, 1e-300))
    left = vectors * root[..., None, :]
    loading = left @ np.swapaxes(vectors, -1, -2)
    inverse = (vectors / root[..., None, :]) @ np.swapaxes(vectors, -1, -2)
    beta = (inverse @ with_y[..., None])[..., 0]
    return ((loading**2) @ (beta**2)[..., None])[..., 0]


def nearest_correlations(
    covariances: np.ndarray, smallest: float = 1e-6
) -> tuple[np.ndarray, np.ndarray]:
    """Correlations of covariances that may not be positive after a correction, and which were not.

    Eigenvalues below ``smallest`` are raised to it; the diagonal is then one again.

    >>> bad = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    >>> fixed, clipped = nearest_correlations(bad)
    >>> bool(clipped), bool(np.linalg.eigvalsh(fixed).min() > 0)
    (True, True)
    """
    diagonal = np.einsum("...ii->...i", covariances)
    usable = np.maximum(diagonal, 1e-12 * np.abs(diagonal).max(axis=-1, keepdims=True) + 1e-300)
    scale = np.sqrt(usable)
    r = covariances / (scale[..., :, None] * scale[..., None, :])
    p = r.shape[-1]
    r[..., np.arange(p), np.arange(p)] = 1.0
    values, vectors = np.linalg.eigh(r)
    clipped = values[..., 0] < smallest
    if np.any(clipped):
        raised = (vectors * np.maximum(values, smallest)[..., None, :]) @ np.swapaxes(
            vectors, -1, -2
        )
        d = np.sqrt(np.einsum("...ii->...i", raised))
        raised = raised / (d[..., :, None] * d[..., None, :])
        r = np.where(clipped[..., None, None], raised, r)
    return r, clipped
