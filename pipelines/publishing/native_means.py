"""Where the mean on the question's own scale may stand beside a score.

What belongs here: metrics whose native mean follows from the score. What does not: cells and their
mask (publishing.tables).

Another native mean (of a share, of answers on several scales) is a second sum over the same groups.
The mask has judged one; two together can place a hidden group exactly.
"""

from __future__ import annotations

import duckdb

from pipelines.publishing.declared import is_public

ANSWERS = ("stg_employee_responses", "stg_customer_feedback", "stg_unit_scores")
"""Staging tables whose rows are answers, each with the scale it was given on."""


def scores_on_one_scale(con: duckdb.DuckDBPyConnection) -> list[str]:
    """Metrics that are means of answers on one scale; every metric where the data are public."""
    if is_public(con):
        return [m for (m,) in con.sql("select metric_id from marts.dim_metrics").fetchall()]
    answers = " union ".join(
        f"select item_code, scale_min, scale_max, direction from staging.{name}" for name in ANSWERS
    )
    found = con.sql(
        "select metric_id from marts.dim_metrics"
        " inner join raw.declared_metric_items using (metric_id)"
        f" inner join ({answers}) as answers using (item_code) where metric_kind = 'mean'"
        " group by metric_id having count(distinct (scale_min, scale_max, direction)) = 1"
        " order by metric_id"
    )
    return [metric for (metric,) in found.fetchall()]
