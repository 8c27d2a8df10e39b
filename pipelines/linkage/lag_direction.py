"""From a lag profile to a direction in five words.

Here: the smallest set of lags holding most bootstrap draws, and which side moves first. Not here:
the profile itself (``lag``).
"""

from __future__ import annotations

import numpy as np


def lag_set_of(lags: np.ndarray, share: np.ndarray, level: float) -> list[int]:
    """Smallest set of lags that together hold at least ``level`` of the draws.

    >>> lag_set_of(np.array([-1, 0, 1]), np.array([0.01, 0.29, 0.70]), 0.95)
    [0, 1]
    """
    order = np.argsort(-share, kind="stable")
    needed = int(np.searchsorted(np.cumsum(share[order]), level - 1e-12)) + 1
    return sorted(int(k) for k in lags[order[:needed]])


def _peaks(t: np.ndarray, critical: float) -> list[int]:
    """Places where |t| is a local maximum beyond the critical value."""
    size = np.abs(t)
    padded = np.concatenate([[-1.0], size, [-1.0]])
    local = (size >= padded[:-2]) & (size >= padded[2:])
    return [int(i) for i in np.flatnonzero(local & (size > critical))]


def direction_of(lags: np.ndarray, t: np.ndarray, critical: float, kept: list[int]) -> str:
    """Which side moves first; anything unclear is ``direction_unclear``.

    ``both_directions``: the largest peak and one on the other side, of equal sign, with a lag
    inside the band between them. Otherwise the largest ``|t|`` must leave the band and the whole
    lag set lie on one side.

    >>> lags, t = np.arange(-2, 3), np.array([0.1, 0.2, 1.0, 6.0, 1.0])
    >>> direction_of(lags, t, 2.5, [1]), direction_of(lags, t, 2.5, [0, 1])
    ('employees_lead', 'direction_unclear')
    """
    if not np.abs(t).max() > critical:
        return "direction_unclear"
    best = int(np.abs(t).argmax())
    for other in _peaks(t, critical):
        # off-peak lags of the opposite sign come from removing unit means, so they never pair
        apart = lags[best] * lags[other] < 0 and t[best] * t[other] > 0
        low, high = min(best, other), max(best, other)
        if apart and (np.abs(t[low + 1 : high]) <= critical).any():
            return "both_directions"
    if all(k > 0 for k in kept):
        return "employees_lead"
    if all(k < 0 for k in kept):
        return "customers_lead"
    return "same_period" if kept == [0] else "direction_unclear"
