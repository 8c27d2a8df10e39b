-- grain: one row per customer metric, unit and period, events divided among those with a part
{{ config(materialized='view') }}
with parts as (
    select * from {{ ref('int_feedback_parts') }}
),

units as (
    select * from {{ ref('int_units_described') }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

cells as (
    select * from {{ ref('int_customer_cells_by_method') }}
),

summed as (
    select
        metric_id,
        unit_id,
        period_id,
        n_responses as n_events,
        cast(n_responses as double) as weight,
        n_responses * value_mean as total,
        n_responses * value_square_mean as squares
    from cells
    union all
    select
        parts.metric_id,
        units.unit_id,
        periods.period_id,
        parts.n_events,
        parts.weight,
        parts.weight * parts.value,
        parts.weight * parts.value * parts.value
    from parts
    inner join periods on parts.period_index = periods.period_index
    inner join locations on parts.location_number = locations.location_number
    left join teams on parts.team_number = teams.team_number
    inner join units
        on locations.location_id = units.location_id
        and (teams.team_id = units.team_id or units.team_id is null)
),

final as (
    select
        metric_id,
        unit_id,
        period_id,
        cast(sum(n_events) as bigint) as n_responses,
        sum(weight) as weight,
        sum(total) / nullif(sum(weight), 0) as value_mean,
        sum(squares) / nullif(sum(weight), 0) as value_square_mean
    from summed
    group by metric_id, unit_id, period_id
    having sum(n_events) > 0
)

select * from final
