"""Change of employee scores from wave to wave, with intervals.

Here: the difference of two released cells and how sure it is. Not here: a planned change of the
link between two scores (``change``). The interval of a unit is made of its two released counts and
of the spread and agreement of answers in the whole company, so it tells nothing more of the unit.
"""

from __future__ import annotations

import polars as pl

from pipelines.linkage.intervals import t_quantile

FEW_REPEATED = 20
"""People who answered both waves that their agreement needs; with fewer it is taken as none."""
CELL = ("unit_level", "unit_id", "period_id", "metric_id")
SPREAD_SCHEMA = {
    "metric_id": pl.String(),
    "period_id": pl.String(),
    "previous_period_id": pl.String(),
    "variance": pl.Float64(),
    "variance_previous": pl.Float64(),
    "n_both": pl.Int64(),
    "covariance_both": pl.Float64(),
}
"""One row per metric and wave but the first: answers of the company in it and the wave before.
`covariance_both` is of the two answers of the same people."""


def wave_changes(cells: pl.DataFrame, spread: pl.DataFrame) -> pl.DataFrame:
    """One row per cell whose wave before was released too: change, conf_low, conf_high.

    `cells` holds the released cells: the keys of a cell, n_responses and value as released;
    `spread` is of `SPREAD_SCHEMA`. The error of a change is that of the difference of two means,

        s1^2 / n1 + s0^2 / n0 - 2 n_both cov / (n1 n0),

    where s1 and s0 are the standard deviations of all answers in the company. The last term is used
    for the company only: a unit's number of repeated respondents is not told, and leaving it out
    makes the interval wider wherever people agree with themselves. t on n1 + n0 - 2.

    >>> cells = pl.DataFrame({"unit_level": "company", "unit_id": "company", "metric_id": "e",
    ...     "period_id": ["w1", "w2"], "n_responses": [100, 100], "value": [60.0, 63.0]})
    >>> spread = pl.DataFrame([["e", "w2", "w1", 400.0, 400.0, 100, 300.0]],
    ...     schema=SPREAD_SCHEMA, orient="row")
    >>> wave_changes(cells, spread).select(pl.col("change", "change_low", "change_high").round(2))
    shape: (1, 3)
    ┌────────┬────────────┬─────────────┐
    │ change ┆ change_low ┆ change_high │
    │ ---    ┆ ---        ┆ ---         │
    │ f64    ┆ f64        ┆ f64         │
    ╞════════╪════════════╪═════════════╡
    │ 3.0    ┆ 0.21       ┆ 5.79        │
    └────────┴────────────┴─────────────┘
    """
    before = cells.select(
        "unit_level", "unit_id", "metric_id", pl.col("period_id").alias("previous_period_id"),
        pl.col("n_responses").alias("n0"), pl.col("value").alias("value_before"),
    )  # fmt: skip
    both = cells.join(
        spread, on=["metric_id", "period_id"], maintain_order="left"
    ).join(
        before, on=["unit_level", "unit_id", "metric_id", "previous_period_id"],
        maintain_order="left",
    )  # fmt: skip
    n1, n0 = pl.col("n_responses"), pl.col("n0")
    together = pl.when(
        (pl.col("unit_level") == "company") & (pl.col("n_both") >= FEW_REPEATED)
    ).then(2 * pl.col("n_both") * pl.col("covariance_both").clip(lower_bound=0.0) / (n1 * n0))
    error = (
        pl.col("variance") / n1 + pl.col("variance_previous") / n0 - together.fill_null(0.0)
    ).clip(lower_bound=0.0)
    df = pl.when(n1 + n0 > 2).then(n1 + n0 - 2)
    quantile = df.map_elements(lambda d: t_quantile(0.975, d), pl.Float64)
    change, half = pl.col("value") - pl.col("value_before"), quantile * error.sqrt()
    return both.select(
        *CELL, "previous_period_id", change.alias("change"), (change - half).alias("change_low"),
        (change + half).alias("change_high"),
    )  # fmt: skip
