"""The overlap rule: no two released estimates whose units differ by only a few.

What belongs here: which segments are withheld because the whole and the other segments would leave
fewer than ten units. What does not: how many units an estimate needs (linkage), and its digits
(publishing.rounding). Whoever holds the estimates of all units and of all units but a few works out
the few from the two.
"""

from __future__ import annotations

import polars as pl

from pipelines.linkage.guards import CATALOGUE
from pipelines.linkage.refusals import REFUSALS

SMALLEST_DIFFERENCE = 10
"""Units by which two released sets must differ, unless they are the same."""
CODE = "overlap"
WHOLE = ["window_id", "x_measure", "y_measure", "level"]
KEPT = (
    "n_units", "n_clusters", "n_periods", "n_cells", "n_units_suppressed", "conf_level", "lag",
)  # fmt: skip
"""Numbers of a refused estimate that are not made from answers."""


def withhold_overlap(
    estimates: pl.DataFrame, guards: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Estimates and guards, with the smallest segments refused until at least ten units are left.

    Segments hold each unit once, so what the shown ones leave of the whole is a set of units too.
    """
    refused = _refused(estimates)
    if refused.is_empty():
        return estimates, guards
    keys = refused.columns[:-1]
    marked = estimates.join(refused, on=keys, how="left", nulls_equal=True, maintain_order="left")
    is_refused = pl.col("n_left").is_not_null()
    numbers = [
        c for c, kind in estimates.schema.items() if kind.is_numeric() and c not in KEPT
    ]
    shown = marked.with_columns(
        *(pl.when(~is_refused).then(pl.col(c)).alias(c) for c in numbers),
        pl.when(is_refused & pl.col("verdict").is_not_null()).then(pl.lit("refused"))
        .otherwise("verdict").alias("verdict"),
        pl.when(is_refused).then(pl.lit(CODE)).otherwise("guard_code").alias("guard_code"),
        pl.when(is_refused).then(pl.lit(REFUSALS[CODE])).otherwise("sentence").alias("sentence"),
    ).drop("n_left")  # fmt: skip
    guard_id, next_step = CATALOGUE[CODE]
    told = marked.filter(is_refused).unique("question_id", keep="first", maintain_order=True)
    rows = told.with_columns(
        pl.lit(guard_id).alias("guard_id"), pl.lit(CODE).alias("code"),
        pl.lit("refuse").alias("severity"), pl.lit(None, dtype=pl.String).alias("component"),
        pl.col("n_left").alias("n_affected"), pl.col("n_units").alias("n_total"),
        pl.col("n_left").cast(pl.Float64).alias("value"),
        pl.lit(float(SMALLEST_DIFFERENCE)).alias("threshold"),
        pl.lit(REFUSALS[CODE]).alias("message"), pl.lit(next_step).alias("next_step"),
    ).select(guards.columns)  # fmt: skip
    return shown, pl.concat([guards, rows.cast(dict(guards.schema))])


def _refused(estimates: pl.DataFrame) -> pl.DataFrame:
    """Segments to refuse, with the units that were left before."""
    is_shown = pl.col("estimate").is_not_null()
    whole = (
        estimates.filter(is_shown & pl.col("segment").is_null())
        .group_by(WHOLE).agg(pl.col("n_units").max().alias("n_whole"))
    )  # fmt: skip
    segments = (
        estimates.filter(is_shown & pl.col("segment").is_not_null())
        .group_by(*WHOLE, "segment_by", "segment").agg(pl.col("n_units").max())
        .join(whole, on=WHOLE, nulls_equal=True)
        .sort(*WHOLE, "segment_by", "n_units", "segment")
    )  # fmt: skip
    group = [*WHOLE, "segment_by"]
    left = pl.col("n_whole") - pl.col("n_units").sum().over(group)
    more = pl.col("n_units").cum_sum().over(group) - pl.col("n_units")
    small = segments.with_columns(left.alias("n_left"), (left + more).alias("n_left_now")).filter(
        (pl.col("n_left") > 0) & (pl.col("n_left_now") < SMALLEST_DIFFERENCE)
    )
    return small.select(*WHOLE, "segment_by", "segment", pl.col("n_left_now").alias("n_left"))
