"""Customer scores of units at one common mix of channels.

Here: direct standardisation of the customer score, and channel shares where it cannot be done. Not
here: the slope on them (``rungs``). A unit that hears its customers by telephone scores differently
from one that hears them by e-mail, whatever its employees feel.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.linkage.covariates import Design, standardised
from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells
from pipelines.linkage.panel_columns import need_columns

MIN_ANSWERS, MIN_SHARE_OF_MIX, MIN_COVERED = 5, 0.05, 0.80
COLUMNS = ("unit_id", "period_id", "channel", "n_c", "mean_c")


@dataclass(frozen=True)
class ChannelMix:
    """Scores of the units that have every channel (``None``: too few do), or shares of all."""

    units: pl.Series
    scores: np.ndarray | None
    shares: Design
    findings: list[Finding]


def channel_mix(cells: Cells, channels: pl.DataFrame) -> ChannelMix:
    """Standardise the customer score of every unit to the company's channel mix.

    ``y_u = sum_c w_c y_uc``: the unit's mean in each channel, less that channel's mean in the same
    period, weighted by the company's share of answers. Channels below 5% of the answers are left
    out. Needs 5 answers of the unit in every channel; where fewer than 80% of the units have them,
    nothing is standardised and the channel shares of each unit are given as covariates.
    """
    need_columns(channels, COLUMNS, "channels")
    names = cells.frame["unit_id"].cast(pl.String).unique().sort()
    answers = _of_these_cells(cells, channels)
    weights = answers.group_by("channel").agg(pl.col("n_c").sum().alias("w")).sort("channel")
    weights = weights.filter(pl.col("w") >= MIN_SHARE_OF_MIX * pl.col("w").sum())
    by_unit = (
        answers.join(weights, on="channel")
        .with_columns(
            (pl.col("mean_c") - pl.col("mean_c").mean().over("channel", "period_id")).alias("d")
        )
        .sort("unit_id", "channel", "period_id")
        .group_by("unit_id", "channel", maintain_order=True)
        .agg(pl.col("n_c").sum(), pl.col("d").mean(), pl.col("w").first())
    )
    whole = (
        by_unit.filter(pl.col("n_c") >= MIN_ANSWERS)
        .group_by("unit_id")
        .agg(pl.len(), ((pl.col("w") * pl.col("d")).sum() / pl.col("w").sum()).alias("y"))
        .filter(pl.col("len") == len(weights))
        .sort("unit_id")
    )
    shares = _shares(by_unit, names, weights["channel"].to_list())
    covered = len(whole) / max(len(names), 1)
    if covered < MIN_COVERED:
        return ChannelMix(names, None, shares, [])
    left_out = len(names) - len(whole)
    found = [] if not left_out else [Finding(
        code="dropped_rows", severity="note", value=1 - covered, threshold=1 - MIN_COVERED,
        n_affected=left_out, n_total=len(names),
        message=f"{left_out} of {len(names)} units have fewer than {MIN_ANSWERS} answers in some "
        "channel and were left out of the standardised link.",
    )]  # fmt: skip
    return ChannelMix(whole["unit_id"], whole["y"].to_numpy(), shares, found)


def _of_these_cells(cells: Cells, channels: pl.DataFrame) -> pl.DataFrame:
    """Channel cells of the units and periods that enter the estimate."""
    keys = [pl.col(c).cast(pl.String) for c in ("unit_id", "period_id")]
    entering = cells.frame.select(keys)
    known = channels.with_columns(*keys, pl.col("channel").cast(pl.String)).filter(
        (pl.col("n_c") > 0) & pl.col("mean_c").is_not_null()
    )
    return known.join(entering, on=["unit_id", "period_id"], how="semi")


def _shares(by_unit: pl.DataFrame, names: pl.Series, channels: list[str]) -> Design:
    """Share of every channel but the first among a unit's answers; zero where it has none."""
    total = by_unit.group_by("unit_id").agg(pl.col("n_c").sum().alias("total"))
    columns = []
    for channel in channels[1:]:
        own = by_unit.filter(pl.col("channel") == channel).select("unit_id", "n_c")
        share = (
            pl.DataFrame({"unit_id": names})
            .join(total, on="unit_id", how="left", maintain_order="left")
            .join(own, on="unit_id", how="left", maintain_order="left")
            .select((pl.col("n_c").fill_null(0) / pl.col("total")).fill_null(0.0).alias("share"))
        )
        columns.append(share["share"].to_numpy())
    return standardised(np.column_stack(columns) if columns else np.empty((len(names), 0)), [])
