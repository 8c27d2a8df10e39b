"""Sampling error of item means: items of one questionnaire share their respondents.

Here: the error covariance between items per unit, the one pass over answers whose result may leave
staging. Not here: how driver shares use it (``drivers``).
"""

from __future__ import annotations

from itertools import combinations_with_replacement

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
    complete = answers.select("unit_id", "period_id", *items).drop_nulls()
    pairs = list(combinations_with_replacement(items, 2))
    cells = complete.group_by("unit_id", "period_id").agg(
        pl.len().alias("n"), *(pl.cov(a, b).alias(f"{a}|{b}") for a, b in pairs)
    )
    columns = [f"{a}|{b}" for a, b in pairs]
    scaled = cells.select(
        "unit_id", *((pl.col(c).fill_nan(0.0).fill_null(0.0) / pl.col("n")) for c in columns)
    )
    units = scaled.group_by("unit_id").agg(pl.len().alias("t"), pl.col(*columns).sum())
    long = units.unpivot(columns, index=["unit_id", "t"], variable_name="pair", value_name="error")
    names = pl.DataFrame({
        "pair": columns, "item_a": [a for a, _ in pairs], "item_b": [b for _, b in pairs],
        "place": range(len(pairs)),
    })  # fmt: skip
    t = pl.col("t").cast(pl.Float64)
    return (
        long.join(names, on="pair")
        .sort("unit_id", "place")
        .select(
            "unit_id", "item_a", "item_b", (pl.col("error") / t**2).alias("error_between"),
            (pl.col("error") * (1 - 1 / t)).alias("error_within"),
        )
    )  # fmt: skip
