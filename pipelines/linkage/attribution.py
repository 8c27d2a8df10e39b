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
SHARED = "shared"
"""The rule that divides an event among all units that had a part in it."""
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
    panel: pl.DataFrame,
    by_method: pl.DataFrame,
    options: Mapping[str, Any],
    minimum: int,
    shared: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """One row per rule: r of unit means when only the ladder down to `last_method` counts.

    The last row, `shared`, gives each event to all units that had a part in it, in their shares;
    its cells are those of `shared` (unit_id, period_id, n_responses, weight, value_mean,
    value_square_mean), where n_responses counts whole events, which the minimum is about, and
    weight adds up shares, which `n_responses_y` is about. Without such cells there is no such row.

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
    rules = [
        (" + ".join(methods[:i]), last, _weighed(cells_of_methods(by_method, methods[:i])))
        for i, last in enumerate(methods, start=1)
    ]
    if shared is not None and shared.height:
        divided = shared.with_columns(pl.lit(SHARED).alias("attribution_method"))
        weights = shared.select("unit_id", "period_id", "weight")
        cells = cells_of_methods(divided, [SHARED]).join(weights, on=["unit_id", "period_id"])
        rules.append((SHARED, SHARED, cells))
    rows = []
    for rule, last, told in rules:
        cells = told.join(shown, on=["unit_id", "period_id"]).filter(pl.col("n") >= minimum)
        found = between(_with_customers(panel, cells), **{**options, "primary": False})
        observed = found.estimates.filter(component="observed", effect_type="r")
        row = (observed if observed.height else found.estimates).row(0, named=True)
        known = {name: row[name] for name in SCHEMA if name in row}
        answers = round(cells["weight"].sum())
        rows.append(known | {
            "rule": rule,
            "last_method": last,
            "n_responses_y": answers,
            "share_of_feedback": answers / total if total else None,
        })  # fmt: skip
    return pl.DataFrame(rows, schema=SCHEMA)


def _weighed(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of undivided events: each weighs one."""
    return cells.with_columns(pl.col("n").alias("weight"))


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
    ).drop("n", "mean", "variance", "weight")
