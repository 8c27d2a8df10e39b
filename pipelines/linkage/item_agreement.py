"""rwg(j): how far the members of a team give the same answers.

Here: agreement per cell from the variances of its items, and its rows. Not here: ICC(1) and ICC(2),
which compare teams with each other (``agreement``). Agreement is printed to describe, never as a
licence to average: near the end of a scale everybody agrees.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import polars as pl

from pipelines.linkage.intervals import known
from pipelines.linkage.panel_columns import need_columns
from pipelines.linkage.question import Question

Null = Literal["uniform", "slight_skew"]
SKEWED = {5: 1.34, 6: 1.85, 7: 2.90, 9: 3.92}
"""Variance of slightly skewed answers without agreement (LeBreton and Senter 2008)."""
MOMENTS = ("unit_id", "period_id", "item_code", "n", "variance", "n_options")
AGREED = 0.70


def null_variance(n_options: int, null: Null = "uniform") -> float:
    """Variance of answers without any agreement: ``(A^2 - 1) / 12``, or slightly skewed.

    >>> null_variance(5), null_variance(5, "slight_skew")
    (2.0, 1.34)
    """
    if null == "uniform":
        return (n_options**2 - 1) / 12
    if n_options not in SKEWED:
        raise ValueError(f"no slightly skewed null for {n_options} options; known: {list(SKEWED)}")
    return SKEWED[n_options]


def within_group_agreement(item_variances: np.ndarray, null: float) -> np.ndarray:
    """rwg(j) of each group: agreement against answers at random.

    ``q = min(1, mean item variance / null variance)``, ``J(1 - q) / (J(1 - q) + q)`` (James,
    Demaree and Wolf 1984); one item gives rwg = 1 - q. It misleads with skewed
    answers: near the scale end everybody agrees. Rows are groups, columns items.

    >>> within_group_agreement(np.array([[1.0, 1.0], [2.5, 2.5]]), 2.0).round(3).tolist()
    [0.667, 0.0]
    """
    variances = np.atleast_2d(np.asarray(item_variances, float))
    return _rwg(variances.mean(axis=1) / null, np.full(len(variances), variances.shape[1]))


def _rwg(ratio: np.ndarray, n_items: np.ndarray) -> np.ndarray:
    q = np.minimum(1.0, ratio)
    agreed = n_items * (1 - q)
    return agreed / (agreed + q)


def average_deviation(scores: np.ndarray) -> float:
    """Mean absolute deviation from the item mean, averaged over items (AD about the mean).

    Rows are respondents of one group, columns items.

    >>> average_deviation(np.array([[1.0, 2.0], [3.0, 2.0]]))
    0.5
    """
    scores = np.atleast_2d(np.asarray(scores, float))
    return float(np.abs(scores - scores.mean(axis=0)).mean(axis=0).mean())


def cell_agreement(cells: pl.DataFrame, moments: pl.DataFrame) -> pl.DataFrame:
    """rwg(j) of every cell: period_index, n_items, uniform, slight_skew (null where unknown).

    ``moments`` has one row per unit, period and item: ``n`` answers, their ``variance`` in squared
    steps of the scale and its ``n_options``. An item answered once has no variance and is left out;
    items of one cell may have scales of different length, each against its own null.
    """
    need_columns(moments, MOMENTS, "item moments")
    keys = ["unit_id", "period_id"]
    named = [pl.col(c).cast(pl.String) for c in keys]
    items = (
        moments.filter((pl.col("n") >= 2) & pl.col("variance").is_not_null())
        .with_columns(*named, pl.col("n_options").cast(pl.Int64), pl.col("variance").cast(float))
        .join(cells.select(*named, "period_index"), on=keys)
    )
    options = pl.col("n_options")
    skewed = options.replace_strict(SKEWED, default=None, return_dtype=pl.Float64)
    by_cell = (
        items.with_columns(
            (pl.col("variance") / ((options**2 - 1) / 12)).alias("uniform"),
            (pl.col("variance") / skewed).alias("slight_skew"),
        )
        .sort(*keys, "item_code")
        .group_by(*keys, "period_index", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("n_items"),
            pl.col("uniform").mean(),
            pl.when(pl.col("slight_skew").is_not_null().all()).then(pl.col("slight_skew").mean()),
        )
    )
    found = [
        pl.Series(null, _rwg(by_cell[null].to_numpy(), by_cell["n_items"].to_numpy()))
        for null in ("uniform", "slight_skew")
    ]
    return by_cell.with_columns(found).with_columns(pl.col("uniform", "slight_skew").fill_nan(None))


def agreement_rows(question: Question, agreement: pl.DataFrame) -> None:
    """Mean, median and share of .70 or more over all cells, against each null that is known."""
    for null in ("uniform", "slight_skew"):
        values = agreement[null].drop_nulls().to_numpy()
        if not len(values) or len(values) < len(agreement):
            continue
        for component, value in _summary(values).items():
            question.row(component, "index", estimate=known(value), method=f"rwg_{null}")


def agreement_by_period(agreement: pl.DataFrame, periods: list[int]) -> dict[str, list[object]]:
    """Columns of the reliability table, one value per period; null where no cell is known."""
    columns: dict[str, list[object]] = {"n_items": [], "rwgj_mean": [], "rwgj_median": [],
                                        "rwgj_share_070": []}  # fmt: skip
    for period in periods:
        cells = agreement.filter(pl.col("period_index") == period)
        values = _summary(cells["uniform"].to_numpy()) if len(cells) else {}
        columns["n_items"].append(cells["n_items"].max())
        for name, component in (("rwgj_mean", "rwgj"), ("rwgj_median", "rwgj_median"),
                                ("rwgj_share_070", "rwgj_share_070")):  # fmt: skip
            columns[name].append(values.get(component))
    return columns


def _summary(values: np.ndarray) -> dict[str, float]:
    return {"rwgj": float(values.mean()), "rwgj_median": float(np.median(values)),
            "rwgj_share_070": float((values >= AGREED).mean())}  # fmt: skip
