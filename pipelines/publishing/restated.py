"""Released scores restated to the units of today.

What belongs here: putting released rows together along the lineage of units. What does not: the
lineage (dbt, `unit_restatements`) and what is released (the mask). Made of published rows and
nothing else, so the restated table tells nothing that they do not.
"""

from __future__ import annotations

import polars as pl

from pipelines.publishing.rounding import round_scores

VOICES = ("employee", "customer")
NAMES = ("team_id", "team_name", "location_id", "location_name", "region_id", "region_name")


def restated_scores(
    scores: pl.DataFrame, restatements: pl.DataFrame, units: pl.DataFrame
) -> pl.DataFrame:
    """One row per unit of today and period, from the published rows of `unit_period_scores`.

    `restatements` is the mart of that name, `units` is `dim_units`. A score is the mean of the
    scores put together, weighted by their answers; answers add up. It is shown when every part that
    has one is shown, and absent where parts are to be weighed whose answers are not told.
    `n_units_then` counts the parts, `succession` says what carried or ended them.
    """
    then = scores.join(
        restatements.select("unit_id", "period_id", "today_unit_id", "succession"),
        on=["unit_id", "period_id"], how="left",
    ).with_columns(pl.coalesce("today_unit_id", "unit_id").alias("unit_id"))  # fmt: skip
    grouped = then.group_by("unit_id", "period_id").agg(
        pl.col("period_start", "period_end").first(),
        *(expression for voice in VOICES for expression in _put_together(voice)),
        pl.len().cast(pl.Int64).alias("n_units_then"),
        pl.col("succession").drop_nulls().unique().sort().str.join(", ").replace("", None),
    )
    named = grouped.join(units.select("unit_id", *NAMES), on="unit_id", how="left")
    columns = ["unit_id", *NAMES, *(c for c in grouped.columns if c != "unit_id")]
    return round_scores(
        named.select(columns).sort("unit_id", "period_id"), [f"{v}_score" for v in VOICES], []
    )


def _put_together(voice: str) -> list[pl.Expr]:
    """Metric, score, answers and reason of one voice, of all parts of a unit of today."""
    metric, score = f"{voice}_metric_id", pl.col(f"{voice}_score")
    n, reason = pl.col(f"n_{voice}_responses"), pl.col(f"{voice}_reason_code")
    is_shown, is_absent = reason == "released", reason == "absent"
    hidden = reason.filter(~is_shown & ~is_absent).sort(descending=True).first()
    one, weighable = is_shown.sum() == 1, n.filter(is_shown).null_count() == 0
    is_told = is_shown.any() & (is_shown | is_absent).all() & (one | weighable)
    mean = (score * n).filter(is_shown).sum() / n.filter(is_shown).sum()
    return [
        pl.col(metric).first(),
        pl.when(is_told & one).then(score.filter(is_shown).first()).when(is_told).then(mean)
        .alias(f"{voice}_score"),
        pl.when(is_told & weighable).then(n.filter(is_shown).sum()).alias(f"n_{voice}_responses"),
        pl.when(is_told).then(pl.lit("released")).otherwise(pl.coalesce(hidden, pl.lit("absent")))
        .alias(f"{voice}_reason_code"),
    ]  # fmt: skip
