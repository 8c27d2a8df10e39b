"""What linkage reads from the warehouse: the panel, and the answers sums are made of.

What belongs here: reading. What does not: the panel itself (dbt) and estimates (linkage).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.linkage.declared import Inputs
from pipelines.program.model import Program


def read_panel(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """The linkage panel of all pairs, in a fixed order."""
    return warehouse.read_table(con, "marts.linkage_panel").sort(
        "pair_id", "unit_id", "period_index"
    )


def read_inputs(con: duckdb.DuckDBPyConnection, declared: Program, estimand: str) -> Inputs:
    """What the declared questions of an estimand are answered from; only some need items."""
    [(n_shared,)] = con.sql(
        "select n_people from intermediate.int_people_on_both_sides"
    ).fetchall()
    periods = con.sql("select * from marts.periods where is_closed order by period_index").pl()
    pairs = declared.linkage.all_pairs if declared.linkage else []
    metrics = dict.fromkeys(pair.x for pair in pairs)
    return Inputs(
        read_panel(con),
        periods,
        {metric: _answers(con, metric) for metric in metrics},
        {metric: _item_answers(con, metric) for metric in metrics if estimand == "driver"},
        {metric: _item_moments(con, metric) for metric in metrics if estimand == "aggregation"},
        _channel_cells(con, declared) if estimand == "adjusted" else {},
        n_shared,
    )


def _channel_cells(con: duckdb.DuckDBPyConnection, declared: Program) -> dict[str, pl.DataFrame]:
    """Unit means per channel of the customer metrics, where the program holds the mix fixed."""
    if declared.linkage is None or "channel_mix" not in declared.linkage.covariates:
        return {}
    return {
        metric: con.execute(
            "select unit_id, period_id, channel, n_responses as n_c, value as mean_c"
            " from intermediate.int_unit_channel_cells where metric_id = ? order by all",
            [metric],
        ).pl()
        for metric in dict.fromkeys(pair.y for pair in declared.linkage.all_pairs)
    }


def read_by_method(con: duckdb.DuckDBPyConnection, declared: Program) -> pl.DataFrame:
    """Cells of the primary customer metric by the attribution method of their answers."""
    metric = declared.linkage.primary.y if declared.linkage else ""
    return con.execute(
        "select unit_id, period_id, attribution_method, n_responses, value_mean, value_square_mean"
        " from intermediate.int_customer_cells_by_method where metric_id = ? order by all",
        [metric],
    ).pl()


def read_shared(con: duckdb.DuckDBPyConnection, declared: Program) -> pl.DataFrame:
    """Cells of the primary customer metric, events divided among those who had a part in them.

    Empty where no source says who had a part: what is then to be divided has been read already.
    """
    metric = declared.linkage.primary.y if declared.linkage else ""
    is_told = con.sql("select count(*) > 0 from intermediate.int_feedback_shares").fetchall()
    return con.execute(
        "select unit_id, period_id, n_responses, weight, value_mean, value_square_mean"
        " from intermediate.int_customer_cells_shared where metric_id = ? order by all"
        if is_told[0][0] else
        "select ? as unit_id, null as period_id, 0 as n_responses, 0.0 as weight,"
        " 0.0 as value_mean, 0.0 as value_square_mean where false",
        [metric],
    ).pl()  # fmt: skip


def read_scored_answers(con: duckdb.DuckDBPyConnection) -> dict[str, pl.DataFrame]:
    """Every scored answer by employee metric, whether or not it reaches a unit."""
    found = con.sql(
        "select metric_id, period_id, person_number as respondent_key, value as score"
        " from intermediate.int_respondent_scores order by all"
    ).pl()
    parts = found.partition_by("metric_id", as_dict=True, maintain_order=True)
    return {str(key[0]): part for key, part in parts.items()}


def read_people(con: duckdb.DuckDBPyConnection, columns: Mapping[str, str]) -> pl.DataFrame:
    """Everybody expected to answer, with the groups that margins are made of, by margin."""
    groups = ", ".join(f"{column} as {margin}" for margin, column in columns.items())
    return con.sql(
        f"select period_id, person_number, is_expected, has_answered, weight, {groups}"
        " from intermediate.int_people_expected order by period_id, person_number"
    ).pl()


def read_wave_spread(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """Answers of the whole company by employee metric and wave, beside those of the wave before.

    Rounded, because sums of floats depend on their order.
    """
    return con.sql(
        "with people as (select metric_id, period_id, person_number, avg(value) as value"
        " from intermediate.int_respondent_scores group by all),"
        " told as (select metric_id, period_id, var_samp(value) as variance"
        "   from people group by all),"
        " waves as (select metrics.metric_id, metrics.period_id, periods.period_index,"
        "   any_value(told.variance) as variance"
        "   from marts.unit_period_metrics as metrics"
        "   inner join marts.periods as periods on metrics.period_id = periods.period_id"
        "   left join told on metrics.metric_id = told.metric_id"
        "     and metrics.period_id = told.period_id"
        "   where metrics.voice = 'employee' group by all),"
        " steps as (select *, lag(period_id) over w as previous_period_id,"
        "   lag(variance) over w as variance_previous"
        "   from waves window w as (partition by metric_id order by period_index)),"
        " repeated as (select steps.metric_id, steps.period_id, count(*) as n_both,"
        "   covar_samp(a.value, b.value) as covariance_both from steps"
        "   inner join people as a on steps.metric_id = a.metric_id"
        "     and steps.period_id = a.period_id"
        "   inner join people as b on a.metric_id = b.metric_id"
        "     and b.period_id = steps.previous_period_id and a.person_number = b.person_number"
        "   group by all)"
        " select steps.metric_id, steps.period_id, previous_period_id,"
        "   round(variance, 6) as variance, round(variance_previous, 6) as variance_previous,"
        "   n_both, round(covariance_both, 6) as covariance_both"
        " from steps left join repeated on steps.metric_id = repeated.metric_id"
        "   and steps.period_id = repeated.period_id"
        " where previous_period_id is not null order by all"
    ).pl()


def _answers(con: duckdb.DuckDBPyConnection, metric_id: str) -> pl.DataFrame:
    """Scored answers of one employee metric; only sums per unit are made from them."""
    return con.execute(
        "select unit_id, period_id, respondent_key, score"
        " from intermediate.int_unit_answers where metric_id = ? order by all",
        [metric_id],
    ).pl()


def _item_answers(con: duckdb.DuckDBPyConnection, metric_id: str) -> pl.DataFrame:
    """The items of one employee metric, one row per respondent and period."""
    items = con.execute(
        "select answers.unit_id, answers.period_id, answers.respondent_key, answers.item_code,"
        " answers.score_pomp from intermediate.int_unit_item_answers as answers"
        " inner join raw.declared_metric_items as items on answers.item_code = items.item_code"
        " where items.metric_id = ? order by all",
        [metric_id],
    ).pl()
    if items.is_empty():
        return items
    keys = ["unit_id", "period_id", "respondent_key"]
    return items.pivot("item_code", index=keys, values="score_pomp", aggregate_function="mean")


def _item_moments(con: duckdb.DuckDBPyConnection, metric_id: str) -> pl.DataFrame:
    """Variance of each item of one employee metric per unit and period, in steps of its scale.

    Sums of whole millionths, so the variance does not depend on the order of the rows.
    """
    return con.execute(
        "with answers as ("
        " select answers.unit_id, answers.period_id, answers.item_code,"
        " answers.scale_max - answers.scale_min as width,"
        " cast(round(answers.score_pomp * 1000000) as decimal(38, 0)) as whole"
        " from intermediate.int_unit_item_answers as answers"
        " inner join raw.declared_metric_items as items on answers.item_code = items.item_code"
        " where items.metric_id = ? and answers.score_pomp is not null)"
        " select unit_id, period_id, item_code, count(*) as n,"
        " cast(round(max(width)) as bigint) + 1 as n_options,"
        " cast(count(*) * sum(whole * whole) - sum(whole) * sum(whole) as double)"
        " / nullif(count(*) * (count(*) - 1), 0) * power(max(width) / 100000000, 2) as variance"
        " from answers group by unit_id, period_id, item_code order by all",
        [metric_id],
    ).pl()


def panel_hash(panel: pl.DataFrame) -> str:
    """Hash of the cells, whatever machine reads them."""
    digest = hashlib.sha256(",".join(panel.columns).encode())
    digest.update(panel.write_csv(float_precision=9).encode())
    return digest.hexdigest()[:16]
