"""The primary link under each attribution rule.

Here: the panel as it would be if only the first rungs of the ladder gave feedback to units, and the
between-unit correlation of each such panel. Not here: the ladder itself (dbt). A link that
stands only under the most generous rule is a finding about attribution, not about people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.linkage.between import between

LADDER = ("direct_unit", "ticket_group", "agent", "location")
"""Rungs by which feedback reaches a unit, surest first."""
SCHEMA = {
    "window_id": pl.String(),
    "x_measure": pl.String(),
    "y_measure": pl.String(),
    "rule": pl.String(),
    "last_method": pl.String(),
    "n_units": pl.Int64(),
    "n_responses_y": pl.Int64(),
    "share_of_feedback": pl.Float64(),
    "estimate": pl.Float64(),
    "conf_low": pl.Float64(),
    "conf_high": pl.Float64(),
    "conf_method": pl.String(),
    "guard_code": pl.String(),
}


def attribution_rules(
    panel: pl.DataFrame, by_method: pl.DataFrame, options: Mapping[str, Any], minimum: int
) -> pl.DataFrame:
    """One row per rule: r of unit means when only the ladder down to `last_method` counts.

    `panel` is the linkage panel of one pair and window; `by_method` holds unit_id, period_id,
    attribution_method, n_responses, value_mean and value_square_mean of its customer metric. A cell
    counts if the panel shows it and the rule leaves it at least `minimum` answers, so a rule never
    shows what a release hides. `share_of_feedback` is the answers of the rule over those of all
    rules. Pearson r of `between`, with its interval; refused with the guard's name.
    """
    methods = [m for m in LADDER if m in set(by_method["attribution_method"])]
    shown = panel.filter(pl.col("mean_c").is_not_null()).select("unit_id", "period_id")
    every = cells_of_methods(by_method, methods).join(shown, on=["unit_id", "period_id"])
    total = int(every["n"].sum())
    rows = []
    for i, last in enumerate(methods, start=1):
        cells = cells_of_methods(by_method, methods[:i]).join(shown, on=["unit_id", "period_id"])
        cells = cells.filter(pl.col("n") >= minimum)
        found = between(_with_customers(panel, cells), **{**options, "primary": False})
        observed = found.estimates.filter(component="observed", effect_type="r")
        row = (observed if observed.height else found.estimates).row(0, named=True)
        known = {name: row[name] for name in SCHEMA if name in row}
        answers = int(cells["n"].sum())
        rows.append(known | {
            "rule": " + ".join(methods[:i]),
            "last_method": last,
            "n_responses_y": answers,
            "share_of_feedback": answers / total if total else None,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA)


def cells_of_methods(by_method: pl.DataFrame, methods: Sequence[str]) -> pl.DataFrame:
    """Answers, mean and sample variance of each unit and period from these rungs."""
    n, mean = pl.col("n_responses").cast(pl.Float64), pl.col("value_mean")
    sums = (
        by_method.filter(pl.col("attribution_method").is_in(list(methods)))
        .group_by("unit_id", "period_id")
        .agg(
            pl.col("n_responses").sum().alias("n"),
            (n * mean).sum().alias("total"),
            (n * pl.col("value_square_mean")).sum().alias("squares"),
        )
    )
    n, mean = pl.col("n"), pl.col("total") / pl.col("n")
    spread = ((pl.col("squares") - n * mean**2) / (n - 1)).clip(lower_bound=0.0)
    variance = pl.when(n > 1).then(spread)
    return sums.select("unit_id", "period_id", "n", mean.alias("mean"), variance.alias("variance"))


def _with_customers(panel: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The panel with the customer side as a rule would have it."""
    counts = [c for c in ("promoters", "passives", "detractors") if c in panel.columns]
    joined = panel.drop(counts).join(
        cells, on=["unit_id", "period_id"], how="left", maintain_order="left"
    )
    return joined.with_columns(
        pl.col("n").alias("n_c"), pl.col("mean").alias("mean_c"), pl.col("variance").alias("var_c")
    ).drop("n", "mean", "variance")
