"""Guards of the between link that need its estimates.

Here: implausibly strong links, reliability of both sides, one unit that dominates. Not here: checks
of input or sample size (``input_checks``, ``sample_checks``).
"""

from __future__ import annotations

import numpy as np

from pipelines.linkage.disclosure import dominance
from pipelines.linkage.guards import Finding
from pipelines.linkage.intervals import known
from pipelines.linkage.question import Question
from pipelines.linkage.settings import Settings
from pipelines.linkage.unit_moments import REL_X, REL_Y, VAR_TRUE, Z_TRUE, UnitMeans, Z

MIN_RELIABILITY = 0.5
TOO_GOOD = 0.6


def between_findings(question: Question, means: UnitMeans) -> list[Finding]:
    """Everything found about the estimates of one question."""
    deviation = means.x - np.average(means.x, weights=means.weight)
    found = [*_too_good(means), *dominance(means.weight * deviation**2, question.settings)]
    if not question.is_stopped("corrected"):
        found += _noise(means, question.settings)
    return found


def _too_good(means: UnitMeans) -> list[Finding]:
    r = float(np.tanh(means.jack.estimate[Z]))
    if abs(r) <= TOO_GOOD:
        return []
    return [Finding(
        code="too_good", severity="warn", value=r, threshold=TOO_GOOD,
        message="The observed correlation is far above the usual .1 to .3 between two "
        "independent surveys.",
    )]  # fmt: skip


def _noise(means: UnitMeans, settings: Settings) -> list[Finding]:
    """Whether enough of the variance is real to divide by, here and in every replicate."""
    value, replicates = means.jack.estimate, means.jack.replicates
    found = []
    if not value[VAR_TRUE] > 0 or (replicates[:, VAR_TRUE] <= 0).any():
        found.append(Finding(
            code="not_estimable", severity="refuse", component="corrected",
            value=known(value[REL_X]),
            message="Sampling noise explains all observed variation of the employee score.",
        ))  # fmt: skip
    elif not np.isfinite(value[Z_TRUE]) or not np.isfinite(replicates[:, Z_TRUE]).all():
        found.append(Finding(
            code="not_estimable", severity="refuse", component="corrected:r",
            value=known(value[REL_Y]),
            message="Not estimable: without sampling noise no variation of the customer score "
            "is left, or the correlation would pass 1.",
        ))  # fmt: skip
    if value[REL_X] < MIN_RELIABILITY:
        found.append(_low(value[REL_X], settings.x_measure, "corrected"))
    elif value[REL_Y] < MIN_RELIABILITY:
        found.append(_low(value[REL_Y], settings.y_measure, "corrected:r"))
    return found


def _low(reliability: float, name: str, component: str) -> Finding:
    return Finding(
        code="low_reliability", severity="refuse", component=component, value=float(reliability),
        threshold=MIN_RELIABILITY,
        message=f"Reliability of unit means of {name} is {reliability:.2f}; at least "
        f"{MIN_RELIABILITY} is needed.",
    )  # fmt: skip
