"""Estimates that would give one unit away.

Here: the dominance rule. A slope that hangs on one unit tells that unit's score to whoever knows
the others. Not here: which cells are released (the publication mask) or how many digits are.
"""

from __future__ import annotations

import numpy as np

from pipelines.linkage.guards import Finding
from pipelines.linkage.settings import Settings

MAX_LEVERAGE = 0.20


def dominance(leverage: np.ndarray, settings: Settings) -> list[Finding]:
    """Refuse where one unit carries more than a fifth of the leverage.

    ``leverage`` is each unit's part of the sum of squares of the employee score. Scores that are
    public already (``public_cells``) have nothing to hide.

    >>> [f.code for f in dominance(np.array([3.0, 1.0, 1.0, 1.0]), Settings())]
    ['disclosure']
    >>> dominance(np.ones(20), Settings())
    []
    """
    total = float(leverage.sum())
    if settings.public_cells or not total > 0:
        return []
    largest = float(leverage.max()) / total
    if largest <= MAX_LEVERAGE:
        return []
    return [Finding(
        code="disclosure", severity="refuse", value=largest, threshold=MAX_LEVERAGE,
        n_affected=1, n_total=len(leverage),
        message=f"One unit carries {largest:.0%} of the leverage; who knows the other units could "
        "work out its score from the result.",
    )]  # fmt: skip
