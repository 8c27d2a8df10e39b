"""Where the company's weighted means may stand beside the ones as answered.

What belongs here: which periods keep their weighted means. What does not: the weights and the means
(linkage.nonresponse).

A mean weighted to places is a second sum over them: whoever knows who was asked knows the weights.
With a place hidden, both sums together tell its mean.
"""

from __future__ import annotations

import duckdb
import polars as pl

PLACES = ("region", "location")
"""Margins that are levels of cells, too."""
WITHHELD = "withheld"
"""Guard code of a row whose weighted mean is not told."""
_HIDDEN = """
    select distinct mask.unit_level, mask.period_id as window_id, mask.metric_id as x_measure
    from marts.publication_mask as mask
    where not mask.is_released and mask.reason_code <> 'suppressed_at_source'
"""


def weighted_beside_shown_places(
    con: duckdb.DuckDBPyConnection, table: pl.DataFrame
) -> pl.DataFrame:
    """`linkage_nonresponse`, weighted only where every place of its margins is shown."""
    hidden = con.sql(_HIDDEN).pl()
    is_told = pl.lit(value=True)
    for level in PLACES:
        keys = (
            hidden.filter(unit_level=level).select("window_id", "x_measure").to_struct().implode()
        )
        follows = pl.col("margins").fill_null("").str.split(", ").list.contains(level)
        is_told &= ~(follows & pl.struct("window_id", "x_measure").is_in(keys))
    columns = [c for c in table.columns if c.startswith("weighted")]
    columns += ["design_effect", "share_capped"]
    withheld = (pl.col("quantity") == "mean") & ~is_told
    return table.with_columns(
        *(pl.when(~withheld).then(pl.col(c)).alias(c) for c in columns),
        pl.when(withheld).then(pl.lit(WITHHELD)).otherwise("guard_code").alias("guard_code"),
    )
