"""The within-between (hybrid) model: both slopes and their difference from one regression.

Here: its rows beside the within link. Not here: the restricted likelihood (``random_intercept``) or
sampling error; the model knows neither noise nor shared locations, so it is shown for comparison
with other software and is never the answer.
"""

from __future__ import annotations

import numpy as np

from pipelines.linkage.demeaning import group_means
from pipelines.linkage.intervals import Interval, known, normal_quantile
from pipelines.linkage.panel import Cells
from pipelines.linkage.question import Question
from pipelines.linkage.random_intercept import random_intercept
from pipelines.linkage.sample_checks import is_flat

TERMS = ("within", "between", "contextual")
METHOD = "random_intercept_reml"


def hybrid_rows(question: Question, cells: Cells) -> None:
    """``y = b_W (x - unit mean) + b_B unit mean + period + unit + e`` by REML.

    Rows: ``b_W``, ``b_B`` and the contextual difference ``b_B - b_W`` (Mundlak 1978; Bell,
    Fairbrother and Jones 2019), as measured. They mislead as answers: b_W shrinks with sampling
    noise, and the intervals take units of one location as independent.
    """
    if question.is_stopped() or cells.n_cells <= cells.n_units + cells.n_periods:
        return
    mean = group_means(cells.x, cells.unit, cells.n_units)[cells.unit]
    if is_flat(mean, cells.x):
        return
    fit = random_intercept(
        cells.unit, cells.y, [cells.x - mean, mean], levels=cells.period
    )  # fmt: skip
    pick = np.array([[1.0, 0.0], [0.0, 1.0], [-1.0, 1.0]])
    value = pick @ fit.coefficients[1:3]
    error = np.sqrt(np.einsum("ij,jk,ik->i", pick, fit.cov[1:3, 1:3], pick))
    half = normal_quantile(0.5 + question.settings.conf_level / 2) * error
    for i, term in enumerate(TERMS):
        question.row(
            "hybrid", "slope", term=term, estimate=known(value[i]), std_error=known(error[i]),
            interval=Interval(float(value[i] - half[i]), float(value[i] + half[i])),
            conf_method="normal", method=METHOD,
        )  # fmt: skip
