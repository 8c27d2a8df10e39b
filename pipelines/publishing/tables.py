"""The published tables: marts and estimates with the mask and the rounding applied.

What belongs here: one function per published table, from private frames to releasable ones. What
does not: files and folders (publishing.candidate).

A suppressed value is null with a reason code, and its counts are null too: a count beside a hidden
mean gives part of it away.
"""

from __future__ import annotations

import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.feedback_events import answers_per_event, read_feedback_forms
from pipelines.linkage.companions import COMPANION_SCHEMAS, KEYS
from pipelines.publishing import declared
from pipelines.publishing.metric_answers import metric_catalogue, scores_on_one_scale
from pipelines.publishing.overlap import withhold_overlap
from pipelines.publishing.response_weights import weighted_beside_shown_places
from pipelines.publishing.restated import restated_scores
from pipelines.publishing.rounding import (
    STABLE_DECIMALS,
    round_companion,
    round_correlations,
    round_counts,
    round_estimates,
    round_guards,
    round_scores,
)

CELL = ["unit_level", "unit_id", "period_id", "metric_id"]
ONLY_AS_FIRST_RELEASED = ("value_native", "promoters", "passives", "detractors")
"""Not told for figures that changed since an earlier release: they would tell who came between."""
SMALLEST_GROUP = {
    "linkage_binned_curves": 10,
    "linkage_segment_forests": 20,
    "linkage_reliability": 10,
    "linkage_period_slopes": 20,
}
"""Companion table -> units a row's numbers need: 20 for a slope, 10 for a mean or a reliability."""
TOLD_APART_ONLY_INSIDE = ("below_threshold", "earlier_release", "complementary")
WITHHELD = "withheld"
"""Reason that readers see for all: which cell is small and which protects it would narrow both."""
GROUP = ("segment_by", "segment", "measure", "bin", "period_index")
"""Columns that say which group a row is about; they stay where its numbers are hidden."""


def published_frames(con: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """Every published table but `publication` and `data_dictionary`, from the warehouse."""
    cells = _masked_cells(con)
    estimates, guards = _estimates(con)
    return {
        **score_frames(con),
        "employee_unit_period_metrics": _employee_cells(con, cells),
        "customer_unit_period_metrics": cells.filter(pl.col("voice") == "customer"),
        "unit_period_participation": _participation(con),
        "attribution_summary": _attribution(con),
        "linkage_estimates": round_estimates(estimates),
        "linkage_guards": round_guards(guards),
        **{name: _companion(con, name) for name in COMPANION_SCHEMAS},
        "linkage_attribution_rules": _attribution_rules(con),
        "linkage_nonresponse": _nonresponse(con),
        "dim_metrics": metric_catalogue(con),
        **{
            name: warehouse.read_table(con, f"marts.{name}").sort(key)
            for name, key in (
                ("dim_units", "unit_id"),
                ("dim_teams", "team_id"),
                ("dim_locations", "location_id"),
                ("periods", "period_index"),
            )
        },
    }


def score_frames(con: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """The primary pair by unit and period: as it was, and restated to the units of today."""
    scores = _scores(con)
    changes, units = (
        warehouse.read_table(con, f"marts.{name}") for name in ("unit_restatements", "dim_units")
    )
    return {
        "unit_period_scores": scores,
        "unit_period_scores_restated": restated_scores(scores, changes, units),
    }


def _masked_cells(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    mask = warehouse.read_table(con, "marts.publication_mask")
    cells = warehouse.read_table(con, "marts.unit_period_metrics").join(mask, on=CELL)
    hidden = ["n_responses", "value", *ONLY_AS_FIRST_RELEASED]
    counts = pl.col("tells_counts")
    told = dict.fromkeys(ONLY_AS_FIRST_RELEASED, counts) | {
        "value_native": counts & pl.col("metric_id").is_in(scores_on_one_scale(con))
    }
    cells = cells.with_columns(
        pl.when(told.get(c, pl.col("is_released"))).then(pl.col(c)).alias(c) for c in hidden
    )
    kept = cells.select(*CELL, "voice", _public_reason("reason_code"), *hidden).sort(CELL)
    kept = kept.with_columns(pl.col("value_native").round(STABLE_DECIMALS).round(2))
    return round_scores(kept, ["value"], [])


def released_employee_cells(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Keys, counts and values of the employee cells that are shown, as they are shown."""
    shown = (pl.col("voice") == "employee") & pl.col("value").is_not_null()
    return _masked_cells(con).filter(shown).select(*CELL, "n_responses", "value")


def _employee_cells(con: duckdb.DuckDBPyConnection, cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of employees, with what changed since the wave before where both are shown."""
    changes = warehouse.read_table(con, "linkage.employee_wave_changes")
    employee = cells.filter(pl.col("voice") == "employee")
    joined = employee.join(changes, on=CELL, how="left", maintain_order="left")
    return round_scores(joined, ["change", "change_low", "change_high"], [])


def _scores(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    scores = warehouse.read_table(con, "marts.unit_period_scores").sort("unit_id", "period_id")
    hidden = _places_with_hidden_feedback(con)
    scores = scores.join(hidden, on=["location_id", "period_id"], how="left")
    # a headcount beside a hidden score says how few answered, and so does a share of a count
    shown = pl.col("employee_reason_code") == "released"
    scores = scores.with_columns(
        pl.when(shown).then(pl.col("headcount")).alias("headcount"),
        pl.when(pl.col("is_hidden").is_null()).then("attributed_share").alias("attributed_share"),
        _public_reason("employee_reason_code"),
        _public_reason("customer_reason_code"),
    ).drop("is_hidden").sort("unit_id", "period_id")
    shares = ["response_share", "attributed_share"]
    return round_scores(scores, ["employee_score", "customer_score"], shares)


def _places_with_hidden_feedback(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    return con.sql(
        "select distinct units.location_id, mask.period_id, true as is_hidden"
        " from marts.publication_mask as mask"
        " inner join marts.dim_units as units on mask.unit_id ="
        " case mask.unit_level when 'unit' then units.unit_id"
        " when 'location' then units.location_id end"
        " inner join marts.dim_metrics as metrics on mask.metric_id = metrics.metric_id"
        " where metrics.voice = 'customer'"
        " and mask.reason_code not in ('released', 'suppressed_at_source')"
    ).pl()


def _public_reason(column: str) -> pl.Expr:
    told_apart = pl.col(column).is_in(TOLD_APART_ONLY_INSIDE)
    return pl.when(told_apart).then(pl.lit(WITHHELD)).otherwise(column).alias(column)


def _participation(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Response rates where every employee metric of the unit and period may be shown."""
    shown_metrics = (
        warehouse.read_table(con, "marts.publication_mask")
        .join(warehouse.read_table(con, "marts.dim_metrics"), on="metric_id")
        .filter(pl.col("voice") == "employee")
        .group_by("unit_level", "unit_id", "period_id")
        .agg(pl.col("is_released").all().alias("is_shown"))
    )
    smallest = declared.number(con, "threshold_employee")
    rates = warehouse.read_table(con, "marts.unit_period_participation")
    # where nobody answered no table has a row: a hidden group is known to hold an answer
    rates = rates.filter(pl.col("n_responded") > 0).join(
        shown_metrics, on=["unit_level", "unit_id", "period_id"], how="left"
    )
    # who answered is judged beside the scores, so it needs one to stand by it
    shown = pl.col("is_shown").fill_null(value=False) & (pl.col("n_responded") >= smallest)
    rates = rates.with_columns(
        *(pl.when(shown).then(pl.col(c)).alias(c)
          for c in ("n_invited", "n_responded", "response_share")),
        pl.when(shown).then(pl.lit("released")).otherwise(pl.lit(WITHHELD))
        .alias("reason_code"),
    )  # fmt: skip
    rates = rates.drop("is_shown").sort("unit_level", "unit_id", "period_id", "survey")
    return round_scores(rates, [], ["response_share"])


def _attribution(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """How feedback was attributed; exact counts would be totals the mask knows nothing of."""
    keys = ["period_id", "channel", "attribution_method", "remainder_reason"]
    summary = warehouse.read_table(con, "marts.attribution_summary")
    summary = summary.filter(pl.col("voice") == "customer").sort(keys)
    if declared.is_public(con):
        return summary
    # an event of five answers is five rows: to count it they are five times as telling
    answers = answers_per_event(read_feedback_forms(con))
    rows = declared.number(con, "threshold_customer") * answers
    return round_counts(summary, ["n_rows", "n_rows_in_unit"], rows)


def _estimates(con: duckdb.DuckDBPyConnection) -> tuple[pl.DataFrame, pl.DataFrame]:
    estimates = warehouse.read_table(con, "linkage.linkage_estimates")
    guards = warehouse.read_table(con, "linkage.linkage_guards")
    return (estimates, guards) if declared.is_public(con) else withhold_overlap(estimates, guards)


def _attribution_rules(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """r under each rule, without the numbers of rules that leave few units."""
    rules = warehouse.read_table(con, "linkage.linkage_attribution_rules")
    is_shown = (pl.col("n_units") >= SMALLEST_GROUP["linkage_segment_forests"]) & pl.col(
        "estimate"
    ).is_not_null()
    hidden = ["n_responses_y", "estimate", "conf_low", "conf_high"]
    rules = rules.with_columns(pl.when(is_shown).then(pl.col(c)).alias(c) for c in hidden)
    return round_correlations(rules, ["estimate", "conf_low", "conf_high"], ["share_of_feedback"])


def _nonresponse(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Means of shown company cells and the primary r, without the numbers of few units."""
    table = warehouse.read_table(con, "linkage.linkage_nonresponse")
    table = weighted_beside_shown_places(con, table)
    cells = released_employee_cells(con).filter(unit_level="company").select(
        pl.lit("mean").alias("quantity"), pl.col("period_id").alias("window_id"),
        pl.col("metric_id").alias("x_measure"), pl.lit(value=True).alias("is_shown"),
    )  # fmt: skip
    table = table.join(
        cells, on=["quantity", "window_id", "x_measure"], how="left", maintain_order="left"
    )
    is_link = (pl.col("quantity") == "r") & (
        pl.col("n_units") >= SMALLEST_GROUP["linkage_segment_forests"]
    )
    is_shown = pl.col("is_shown").fill_null(value=False) | is_link
    shares = ["share_capped", "design_effect"]
    scores = [c for c in table.columns if c.startswith(("unweighted", "weighted"))]
    hidden = ["n_responses_x", *scores, *shares]
    table = table.with_columns(pl.when(is_shown).then(pl.col(c)).alias(c) for c in hidden)
    # who was expected and did not answer is told by the participation table, under its own mask
    links, means = (table.drop("is_shown", "n_expected").filter(is_r)
                    for is_r in (pl.col("quantity") == "r", pl.col("quantity") != "r"))  # fmt: skip
    rounded = pl.concat(
        [round_scores(means, scores, shares), round_correlations(links, scores, shares)]
    )
    return rounded.sort("quantity", "x_measure", "window_id")


def _companion(con: duckdb.DuckDBPyConnection, name: str) -> pl.DataFrame:
    """Rows of questions that were answered, without the numbers of small groups."""
    estimates = warehouse.read_table(con, "linkage.linkage_estimates")
    answered = estimates.filter(pl.col("estimate").is_not_null())["question_id"].unique()
    table = warehouse.read_table(con, f"linkage.{name}")
    table = table.filter(pl.col("question_id").is_in(answered.implode()))
    if name == "linkage_period_slopes":
        panel = warehouse.read_table(con, "marts.linkage_panel")
        counted = table.join(
            _units_with_both(panel), on=["x_measure", "y_measure", "period_index"],
            how="left", maintain_order="left",
        )  # fmt: skip
        table = without_small_groups(counted, SMALLEST_GROUP[name]).drop("n_units")
    elif name in SMALLEST_GROUP:
        table = without_small_groups(table, SMALLEST_GROUP[name])
    return round_companion(table)


def _units_with_both(panel: pl.DataFrame) -> pl.DataFrame:
    """Units with both scores, by measures and period: the fewest, where pairs share measures."""
    keys = ["x_measure", "y_measure", "period_index"]
    return (
        panel.filter((pl.col("x_status") == "released") & (pl.col("y_status") == "released"))
        .rename({"x_metric_id": "x_measure", "y_metric_id": "y_measure"})
        .group_by("pair_id", *keys)
        .agg(pl.col("unit_id").n_unique().cast(pl.Int64).alias("n_units"))
        .group_by(keys)
        .agg(pl.col("n_units").min())
    )


def without_small_groups(table: pl.DataFrame, smallest: int) -> pl.DataFrame:
    """Null for the numbers of every group of fewer than `smallest` units.

    Where the groups hidden in a question hold fewer than that together, the smallest group shown is
    hidden too, because the whole less the others would tell theirs. Empty groups hide nobody.

    >>> table = pl.DataFrame({"question_id": "q", "bin": [1, 2, 3], "n_units": [9, 40, 30],
    ...     "mean_y": [1.0, 2.0, 3.0]})
    >>> without_small_groups(table, 10)["mean_y"].to_list()
    [None, 2.0, None]
    """
    n = pl.col("n_units").fill_null(0)
    is_small = n < smallest
    n_hidden = n.filter(is_small).sum().over("question_id")
    next_smallest = pl.when(~is_small).then(n).rank("ordinal").over("question_id") == 1
    is_needed = next_smallest.fill_null(value=False) & n_hidden.is_between(1, smallest - 1)
    hidden = [c for c in table.columns if c not in (*KEYS, *GROUP)]
    return table.with_columns(
        pl.when(~is_small & ~is_needed).then(pl.col(c)).alias(c) for c in hidden
    )
