-- grain: one row per employee metric, unit, period and respondent
{{ config(materialized='view') }}
with scores as (
    select * from {{ ref('int_respondent_scores') }}
),

units as (
    select * from {{ ref('int_units_described') }}
),

final as (
    select
        scores.metric_id,
        units.unit_id,
        scores.period_id,
        scores.person_number as respondent_key,
        scores.value as score
    from scores
    inner join units
        on scores.location_id = units.location_id
        and (scores.team_id = units.team_id or units.team_id is null)
)

select * from final
