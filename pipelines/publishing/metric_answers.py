"""The answers a metric is made of: questions, scale, whether they are whole numbers.

What belongs here: the metric catalogue, and metrics whose native mean follows from the score. What
does not: cells and their mask (publishing.tables).

Readers know the questions anyway. Told in columns, the audit knows them, too: metrics of the same
answers say more together than each by itself. Another native mean (of a share, of answers on
several scales) would be a second sum over the same groups beside the one that the mask has judged.
"""

from __future__ import annotations

import duckdb
import polars as pl

from pipelines.publishing.declared import is_public


def metric_catalogue(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """`dim_metrics` with the answers of every metric, by metric.

    The scale is null where answers came on several, and where only others' figures are known.
    """
    is_alike = "n_scales = 1 and is_single"
    return con.sql(
        "select metrics.*, items, top_box_from,"
        f" case when {is_alike} then scale_min end as answer_min,"
        f" case when {is_alike} then scale_max end as answer_max,"
        f" case when {is_alike} then direction end as answer_direction,"
        f" case when {is_alike} then is_whole end as answers_are_whole"
        f" from marts.dim_metrics as metrics inner join ({_answers()}) as answers using (metric_id)"
        " inner join (select metric_id, top_box_from from raw.declared_metrics) as declared"
        " using (metric_id) order by metric_id"
    ).pl()


def scores_on_one_scale(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Metrics that are means of answers on one scale; every metric where the data are public."""
    judged = "" if is_public(con) else " where metric_kind = 'mean' and n_scales = 1"
    found = con.sql(
        f"select metric_id from marts.dim_metrics inner join ({_answers()}) using (metric_id)"
        f"{judged} order by metric_id"
    )
    return [metric for (metric,) in found.fetchall()]


def _answers() -> str:
    """One row per metric: its items, and what is true of all answers to them."""
    return (
        "select metric_id, string_agg(distinct item_code, ', ' order by item_code) as items,"
        " count(distinct (scale_min, scale_max, direction)) filter (scale_min is not null)"
        " as n_scales, any_value(scale_min) as scale_min, any_value(scale_max) as scale_max,"
        " any_value(direction) as direction, bool_and(is_whole) as is_whole,"
        " bool_and(is_single) as is_single from raw.declared_metric_items"
        " left join intermediate.int_question_scales using (item_code) group by metric_id"
    )
