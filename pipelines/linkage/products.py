"""Cross-products of columns as sums per cluster, and back to matrices.

Here: packing a symmetric matrix of products into columns to sum, unpacking totals, and partialling
out. Not here: what the columns are.
"""

from __future__ import annotations

import numpy as np


def product_columns(values: np.ndarray) -> list[np.ndarray]:
    """Products of every pair of columns, upper triangle row by row.

    >>> [c.tolist() for c in product_columns(np.array([[1.0, 2.0]]))]
    [[1.0], [2.0], [4.0]]
    """
    rows, columns = np.triu_indices(values.shape[1])
    return [values[:, i] * values[:, j] for i, j in zip(rows, columns, strict=True)]


def symmetric(flat: np.ndarray, size: int) -> np.ndarray:
    """Packed upper triangles (..., size(size+1)/2) as matrices (..., size, size).

    >>> symmetric(np.array([1.0, 2.0, 4.0]), 2).tolist()
    [[1.0, 2.0], [2.0, 4.0]]
    """
    upper = np.triu_indices(size)
    full = np.zeros((*flat.shape[:-1], size, size))
    full[..., upper[0], upper[1]] = flat
    full[..., upper[1], upper[0]] = flat
    return full


def last_coefficient(full: np.ndarray) -> np.ndarray:
    """Coefficient of the last column but one, with y last; NaN where columns repeat each other.

    >>> last_coefficient(np.array([[2.0, 1.0, 4.0], [1.0, 3.0, 7.0], [4.0, 7.0, 20.0]])).item()
    2.0
    """
    try:
        return np.linalg.solve(full[..., :-1, :-1], full[..., :-1, -1:])[..., -1, 0]
    except np.linalg.LinAlgError:
        return np.full(full.shape[:-2], np.nan)


def partial_out(full: np.ndarray, k: int) -> np.ndarray:
    """Cross-products of the remaining columns after the first k are regressed out.

    >>> partial_out(np.array([[2.0, 1.0], [1.0, 3.0]]), 1).tolist()
    [[2.5]]
    """
    a, b, c = full[..., :k, :k], full[..., :k, k:], full[..., k:, k:]
    try:
        solved = np.linalg.solve(a, b)
    except np.linalg.LinAlgError:
        # leaving out a cluster can empty a category; the pseudo-inverse then ignores its column
        solved = np.linalg.pinv(a, rcond=1e-10, hermitian=True) @ b
    return c - np.swapaxes(b, -1, -2) @ solved
