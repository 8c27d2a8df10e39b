"""The publication mask: which cells may be released, decided before anything is estimated.

What belongs here: primary suppression by the program's thresholds, and the place where
complementary suppression adds its own reasons. What does not: the tables that obey the mask.

A cell is one unit (at one level), period and metric. Its reason code is `released`, or the first
of: `suppressed_at_source`, `below_threshold`, `complementary`.
"""

from __future__ import annotations

import polars as pl

from pipelines.program.sections import Privacy

MASK_SCHEMA = {
    "unit_level": pl.String,
    "unit_id": pl.String,
    "period_id": pl.String,
    "metric_id": pl.String,
    "is_released": pl.Boolean,
    "reason_code": pl.String,
}
MASK_KEYS = ("unit_level", "unit_id", "period_id", "metric_id")


def publication_mask(cells: pl.DataFrame, privacy: Privacy) -> pl.DataFrame:
    """Decide for every cell of `unit_period_metrics` whether it may be released.

    `cells` needs the keys, `voice`, `n_people` and `suppressed_at_source`. Under
    `suppression: publisher` only what the publisher withheld is withheld.
    """
    reason = pl.when("suppressed_at_source").then(pl.lit("suppressed_at_source"))
    if privacy.suppression == "thresholds":
        smallest = (
            pl.when(pl.col("voice") == "employee")
            .then(privacy.thresholds.employee)
            .otherwise(privacy.thresholds.customer)
        )
        too_few = pl.col("n_people").fill_null(0) < smallest
        reason = reason.when(too_few).then(pl.lit("below_threshold"))
    judged = cells.with_columns(reason.otherwise(pl.lit("released")).alias("reason_code"))
    judged = judged.with_columns((pl.col("reason_code") == "released").alias("is_released"))
    return judged.select(list(MASK_SCHEMA)).cast(MASK_SCHEMA).sort(MASK_KEYS)
