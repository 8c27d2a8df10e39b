-- grain: one row per metric and scored respondent or feedback event, of either voice
{{ config(materialized='view') }}
with respondents as (
    select * from {{ ref('int_respondent_scores') }}
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
),

feedback as (
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

final as (
    select
        metrics.metric_number,
        cast(periods.period_index as int) as period_index,
        teams.team_number,
        locations.location_number,
        respondents.person_number,
        respondents.value,
        respondents.value_native
    from respondents
    inner join metrics on respondents.metric_id = metrics.metric_id
    left join periods on respondents.period_id = periods.period_id
    left join teams on respondents.team_id = teams.team_id
    left join locations on respondents.location_id = locations.location_id
    union all
    select
        metric_number,
        period_index,
        team_number,
        location_number,
        person_number,
        value,
        value_native
    from feedback
)

select * from final
