"""Sampling error of item means: items of one questionnaire share their respondents.

Here: the error covariance between items per unit, the one pass over answers whose result may leave
staging. Not here: how driver shares use it (``drivers``).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.linkage.panel_columns import need_columns


def item_error_sums(answers: pl.DataFrame, items: list[str]) -> pl.DataFrame:
    """Error covariance of every pair of items, one row per unit and pair.

    Measures how far two item means of a unit move together because the same people answered both.
    ``error_between = sum_t cov/n / T^2`` and ``error_within = sum_t cov/n (1 - 1/T)``; cells with a
    single answer count in T only. It misleads when answers to different items come from different
    people; then leave rows with missing items out beforehand.

    Subtracting them from the covariances of item means is Fuller's (1987) correction for errors
    that are correlated across items.

    ``answers`` has one row per respondent and period with unit_id, period_id and one column per
    item.

    >>> answers = pl.DataFrame({"unit_id": ["a"] * 3, "period_id": ["1"] * 3,
    ...     "q1": [1.0, 2.0, 3.0], "q2": [2.0, 4.0, 6.0]})
    >>> item_error_sums(answers, ["q1", "q2"])["error_between"].round(3).to_list()
    [0.333, 0.667, 1.333]
    """
    need_columns(answers, ("unit_id", "period_id", *items), "answers")
    keys = ["unit_id", "period_id"]
    complete = answers.select(*keys, *items).drop_nulls().sort(keys)
    if not items or complete.is_empty():
        return pl.DataFrame(schema={
            "unit_id": complete["unit_id"].dtype, "item_a": pl.String, "item_b": pl.String,
            "error_between": pl.Float64, "error_within": pl.Float64,
        })  # fmt: skip
    is_next = [(pl.col(k) != pl.col(k).shift()).fill_null(True) for k in keys]
    new_unit, new_period = complete.select(is_next).get_columns()
    unit, cell = new_unit.to_numpy(), (new_unit | new_period).to_numpy()
    n = _sizes(cell)
    values = complete.select(pl.col(items).cast(pl.Float64)).to_numpy()
    means = np.add.reduceat(values, np.flatnonzero(cell), axis=0) / n[:, None]
    values = values - np.repeat(means, n, axis=0)
    one, other = np.triu_indices(len(items))
    error = np.add.reduceat(values[:, one] * values[:, other], np.flatnonzero(cell), axis=0)
    error = np.nan_to_num(error / (n * np.maximum(n - 1, 1))[:, None], nan=0.0)
    error = np.add.reduceat(error, np.flatnonzero(unit[cell]), axis=0)
    t = _sizes(unit[cell])[:, None].astype(float)
    names = np.array(items, dtype=object)
    return pl.DataFrame({
        "unit_id": complete["unit_id"].gather(np.repeat(np.flatnonzero(unit), len(one))),
        "item_a": np.tile(names[one], len(t)).tolist(),
        "item_b": np.tile(names[other], len(t)).tolist(),
        "error_between": (error / t**2).ravel(), "error_within": (error * (1 - 1 / t)).ravel(),
    })  # fmt: skip


def _sizes(is_first: np.ndarray) -> np.ndarray:
    """Members of each group of consecutive rows, given which row is the first of one."""
    return np.diff(np.append(np.flatnonzero(is_first), len(is_first)))
