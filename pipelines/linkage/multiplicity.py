"""Adjustment of p-values for many questions.

Here: Benjamini-Hochberg, Benjamini-Yekutieli and Holm on an array. Not here: which questions form a
family (``verdicts``).
"""

from __future__ import annotations

from typing import Literal

import numpy as np

Method = Literal["BH", "BY", "holm"]


def adjust_p_values(p_values: np.ndarray, *, method: Method = "BH") -> np.ndarray:
    """Adjusted p-values in the order given; NaN stays NaN and does not count.

    ``BH`` bounds the expected share of false findings among the findings (Benjamini and Hochberg
    1995); ``BY`` does so under any dependence; ``holm`` bounds the chance of a single false one. It
    misleads when questions are added after looking: the family must be declared before the run.

    >>> adjust_p_values(np.array([0.01, 0.04, 0.03])).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    p = np.asarray(p_values, dtype=float)
    known = np.flatnonzero(np.isfinite(p))
    out = np.full(p.shape, np.nan)
    m = len(known)
    if m == 0:
        return out
    order = known[np.argsort(p[known], kind="stable")]
    rank = np.arange(1, m + 1)
    if method == "holm":
        out[order] = np.minimum(np.maximum.accumulate(p[order] * (m - rank + 1)), 1.0)
        return out
    factor = m / rank
    if method == "BY":
        factor = factor * (1 / rank).sum()
    out[order] = np.minimum(np.minimum.accumulate((p[order] * factor)[::-1])[::-1], 1.0)
    return out
