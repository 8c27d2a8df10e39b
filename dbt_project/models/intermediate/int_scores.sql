-- grain: one row per metric and scored respondent or feedback event, of either voice
{{ config(materialized='view') }}
with respondents as (
    select * from {{ ref('int_respondent_scores') }}
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
        respondents.metric_id,
        cast(periods.period_index as int) as period_index,
        teams.team_number,
        locations.location_number,
        respondents.person_number,
        respondents.value,
        respondents.value_native
    from respondents
    left join periods on respondents.period_id = periods.period_id
    left join teams on respondents.team_id = teams.team_id
    left join locations on respondents.location_id = locations.location_id
    union all
    select
        metric_id,
        period_index,
        team_number,
        location_number,
        person_number,
        value,
        value_native
    from feedback
)

select * from final
