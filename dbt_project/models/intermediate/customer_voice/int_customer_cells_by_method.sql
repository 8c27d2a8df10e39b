-- grain: one row per customer metric, unit, period and attribution method
{{ config(materialized='view') }}
with scores as (
    select * from {{ ref('int_feedback_scores') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

units as (
    select * from {{ ref('int_units_described') }}
),

grouped as (
    select
        metric_id,
        period_index,
        team_number,
        location_number,
        method_number,
        cast(count(*) as bigint) as n_responses,
        avg(value) as value_mean,
        avg(value * value) as value_square_mean
    from scores
    group by metric_id, period_index, team_number, location_number, method_number
),

-- where locations are the units, several teams of one location make one row
final as (
    select
        grouped.metric_id,
        units.unit_id,
        periods.period_id,
        {{ word_of('grouped.method_number', attribution_words()) }} as attribution_method,
        cast(sum(grouped.n_responses) as bigint) as n_responses,
        sum(grouped.n_responses * grouped.value_mean)
        / nullif(cast(sum(grouped.n_responses) as double), 0) as value_mean,
        sum(grouped.n_responses * grouped.value_square_mean)
        / nullif(cast(sum(grouped.n_responses) as double), 0) as value_square_mean
    from grouped
    inner join periods on grouped.period_index = periods.period_index
    inner join locations on grouped.location_number = locations.location_number
    left join teams on grouped.team_number = teams.team_number
    inner join units
        on locations.location_id = units.location_id
        and (teams.team_id = units.team_id or units.team_id is null)
    group by
        grouped.metric_id,
        units.unit_id,
        periods.period_id,
        grouped.method_number
)

select * from final
