"""Alerts: does the link of the latest periods still look like the link at the start?

Here: the between slope of a moving block of periods against that of the first block, with the alert
rule. Not here: when a change happened (``change``). A release that repeats an old number after the
link has gone is wrong without any sign of it; this is the sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.linkage.guards import Finding
from pipelines.linkage.sums import Jackknife

BLOCK, LIMIT, MIN_UNITS = 4, 3.0, 20


@dataclass(frozen=True)
class Refits:
    """Per period, the block that ends in it: slope, SE, z against the first block, alert."""

    slope: np.ndarray
    std_error: np.ndarray
    z: np.ndarray
    is_alert: np.ndarray

    @property
    def latest(self) -> int:
        """Place of the last block."""
        return len(self.slope) - 1


def rolling_refits(jack: Jackknife, n_units: np.ndarray) -> Refits:
    """Refit the slope as each period closes and compare it with the first 4 periods.

    ``jack`` holds the slopes of single periods; a block's slope is their mean. ``z = (block -
    first) / SE`` from the joint jackknife covariance, so that periods in both blocks cancel. Alert:
    ``|z| > 3`` in two blocks in a row. Periods before the first whole block are NaN; all are where
    some period has fewer than 20 units (``n_units``), whose slope a block would give away.
    """
    n = len(jack.estimate)
    if n < BLOCK or n_units.min() < MIN_UNITS:
        nothing = np.full(n, np.nan)
        return Refits(nothing, nothing, nothing, np.zeros(n, dtype=bool))
    ends = np.arange(n)
    inside = (ends[None, :] <= ends[:, None]) & (ends[None, :] > ends[:, None] - BLOCK)
    weights = inside / BLOCK
    weights[: BLOCK - 1] = np.nan
    slope = weights @ jack.estimate
    error = np.sqrt(np.einsum("ki,ij,kj->k", weights, jack.cov, weights))
    gap = weights - weights[BLOCK - 1]
    spread = np.sqrt(np.einsum("ki,ij,kj->k", gap, jack.cov, gap))
    with np.errstate(divide="ignore", invalid="ignore"):
        z = (gap @ jack.estimate) / spread
    z[BLOCK - 1] = np.nan
    beyond = np.nan_to_num(np.abs(z)) > LIMIT
    is_alert = beyond & np.concatenate([[False], beyond[:-1]])
    return Refits(slope, error, z, is_alert)


def alert_findings(refits: Refits, period_index: np.ndarray) -> list[Finding]:
    """A warning where an alert stands at the latest period."""
    if not refits.is_alert[refits.latest]:
        return []
    return [Finding(
        code="link_changed", severity="warn", value=float(refits.z[refits.latest]), threshold=LIMIT,
        n_affected=int(refits.is_alert.sum()), n_total=int(np.isfinite(refits.z).sum()),
        message=f"The slope of the {BLOCK} periods up to period index {period_index[-1]} lies "
        f"{abs(refits.z[refits.latest]):.1f} standard errors from that of the first {BLOCK}, for "
        "the second period in a row.",
    )]  # fmt: skip
