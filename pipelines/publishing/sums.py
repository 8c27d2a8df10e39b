"""Which totals are the sums of their parts, for readers who add up and for the audit.

What belongs here: comparing totals with the groups inside them. What does not: whether a total may
be shown (privacy.mask).

Answers without a team or a location are in totals and in no part. Nobody learns more from this
than the mask takes for known: which groups there are.
"""

from __future__ import annotations

import duckdb

NO_SUM = " (no sum)"
_PARTIAL = """
    with cells as (
        select metrics.voice, cells.metric_id, unit_level, unit_id, period_id, n_responses as n,
            n_responses * (value - value_min) as score, value_max - value_min as width
        from marts.unit_period_metrics as cells
        inner join marts.dim_metrics as metrics on cells.metric_id = metrics.metric_id
        where n_responses is not null
        union all
        select 'employee', 'participation in ' || survey, unit_level, unit_id, period_id,
            n_responded, 0, 0
        from marts.unit_period_participation
    ),
    parts as (
        select 'unit' as part_level, unit_id as part, 'team' as level, team_id as total
        from marts.dim_units
        union all select 'unit', unit_id, 'location', location_id from marts.dim_units
        union all select 'location', location_id, 'region', region_id from marts.dim_locations
        union all select distinct 'region', region_id, 'company', 'company'
        from marts.dim_locations
        union all select distinct 'team', team_id, 'company', 'company' from marts.dim_units
    ),
    sums as (
        select whole.voice, part.unit_level || ' of ' || whole.unit_level as kind,
            any_value(whole.n) - sum(part.n) as rest, any_value(whole.n) as n,
            any_value(whole.score) - sum(part.score) as score, any_value(whole.width) as width
        from cells as whole
        inner join parts on whole.unit_level = parts.level and whole.unit_id = parts.total
        inner join cells as part
            on parts.part_level = part.unit_level and parts.part = part.unit_id
            and whole.period_id = part.period_id and whole.metric_id = part.metric_id
        group by whole.voice, whole.metric_id, whole.unit_level, whole.unit_id, whole.period_id,
            part.unit_level
    )
    select voice, kind, bool_or(
        rest < 0 or score < -1e-3 * n or score > width * rest + 1e-3 * n
    ) as is_no_sum
    from sums group by voice, kind having bool_or(rest <> 0) or is_no_sum order by voice, kind
"""


def partial_sums(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """Voice -> kinds of totals that hold answers beside their parts, as in `unit of team`."""
    found: dict[str, list[str]] = {"employee": [], "customer": []}
    for voice, kind, is_no_sum in con.sql(_PARTIAL).fetchall():
        found[voice].append(kind + (NO_SUM if is_no_sum else ""))
    return {voice: ", ".join(kinds) for voice, kinds in found.items()}
