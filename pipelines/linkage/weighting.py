"""Weights of units: the average unit, the average customer, or in between.

Here: weights per unit from numbers of answers only. Not here: weights from a cell's own variance;
they are refused, because a score and its variance move together and the slope loses its meaning.
"""

from __future__ import annotations

import numpy as np

from pipelines.linkage.panel import Cells
from pipelines.linkage.settings import Settings


def unit_weights(cells: Cells, settings: Settings) -> np.ndarray:
    """Weight of each unit.

    ``equal``: 1. ``responses``: mean customer answers per period. ``credibility``: n / (n + kappa)
    with kappa = pooled variance inside cells over true variance between units (Buehlmann 1967).
    """
    if settings.weights == "equal" or not np.isfinite(cells.n_y).all():
        return np.ones(cells.n_units)
    periods = np.maximum(cells.periods_per_unit, 1)
    n = np.bincount(cells.unit, weights=cells.n_y, minlength=cells.n_units) / periods
    if settings.weights == "responses":
        return n
    return n / (n + credibility_constant(cells))


def credibility_constant(cells: Cells) -> float:
    """kappa of the customer score; zero when its variance is unknown, so that weights are equal."""
    if not np.isfinite(cells.error_y).all():
        return 0.0
    inside = float((cells.error_y * cells.n_y * cells.n_y).sum() / cells.n_y.sum())
    periods = np.maximum(cells.periods_per_unit, 1)
    mean = np.bincount(cells.unit, weights=cells.y, minlength=cells.n_units) / periods
    error = np.bincount(cells.unit, weights=cells.error_y, minlength=cells.n_units) / periods**2
    true = max(float(mean.var() - error.mean()), 1e-6 * float(mean.var()) + 1e-300)
    return inside / true
