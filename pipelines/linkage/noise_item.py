"""Does an item explain more than an item of random numbers?

Here: the difference between each item's relative weight and that of a noise item. Not here: the
shares themselves (``drivers``). A share cannot be tested against zero, because it cannot be below
zero; noise shows how large a share is without any link (Tonidandel, LeBreton and Johnson 2009).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl

from pipelines.linkage.driver_inputs import item_sums
from pipelines.linkage.intervals import Interval, known
from pipelines.linkage.panel import Cells
from pipelines.linkage.question import Question
from pipelines.linkage.shapley import nearest_correlations, relative_weights
from pipelines.linkage.sums import bootstrap_totals

NOISE, DRAWS = "_noise", 500
COLUMNS = ("component", "item", "above_noise", "above_noise_low", "above_noise_high",
           "is_above_noise")  # fmt: skip


def noise_item(
    question: Question, cells: Cells, names: list[str], errors: pl.DataFrame | None, level: str
) -> pl.DataFrame:
    """Rows ``above_noise`` of one question, and the same as columns for the companion table.

    Relative weights of items and one standard normal item, on the data and on cluster bootstrap
    draws; the interval of the difference is percentile. Corrected where the shares are, otherwise
    as measured. The noise depends on the seed; its values have nothing to do with the scores.
    """
    settings = question.settings
    component = "observed" if question.is_stopped("corrected") else "corrected"
    random = np.empty(cells.n_cells)
    random[np.lexsort((cells.y, cells.x, cells.period))] = np.random.default_rng(
        settings.seed
    ).standard_normal(cells.n_cells)  # in the order of the cells, whatever the units are called
    with_noise = replace(cells, frame=cells.frame.with_columns(pl.Series(NOISE, random)))
    sums, _ = item_sums(with_noise, settings, [*names, NOISE], errors, level)
    corrected = component == "corrected"

    def above(totals: np.ndarray) -> np.ndarray:
        r, _ = nearest_correlations(sums.covariances(totals, corrected=corrected))
        weight = relative_weights(r)
        return weight[..., :-1] - weight[..., -1:]

    value = above(sums.sums.sum(axis=0))
    n_draws = settings.n_draws or DRAWS
    drawn = np.vstack([above(t) for t in bootstrap_totals(sums.sums, n_draws, settings.seed)])
    tail = (1 - settings.conf_level) / 2
    low, high = np.quantile(drawn, [tail, 1 - tail], axis=0)
    items = sums.names[:-1]
    for i, item in enumerate(items):
        question.row(
            "above_noise", "variance", term=item, estimate=known(value[i]),
            interval=Interval(float(low[i]), float(high[i])), conf_method="cluster_percentile",
            method="relative_weights",
        )  # fmt: skip
    columns = ([component] * len(items), items, value, low, high, low > 0)
    return pl.DataFrame(dict(zip(COLUMNS, columns, strict=True)))
