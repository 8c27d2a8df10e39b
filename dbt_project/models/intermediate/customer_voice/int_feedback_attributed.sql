-- grain: one row per feedback event and question, its attribution in words
{{ config(materialized='view') }}
with feedback as (
    select * from {{ ref('int_feedback_numbered') }}
),

questions as (
    select distinct
        item_number,
        item_code
    from {{ ref('int_feedback_questions') }}
),

channels as (
    select * from {{ ref('stg_feedback_channels') }}
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
        feedback.event_number,
        questions.item_code,
        feedback.person_number,
        channels.channel,
        feedback.score_raw,
        cast(feedback.score_pomp as double) as score_pomp,
        periods.period_id,
        {{ word_of('feedback.method_number', attribution_words()) }} as attribution_method,
        teams.team_id,
        locations.location_id,
        {{ word_of('feedback.reason_number', remainder_words()) }} as remainder_reason
    from feedback
    left join questions on feedback.item_number = questions.item_number
    left join channels on feedback.channel_number = channels.channel_number
    left join periods on feedback.period_index = periods.period_index
    left join teams on feedback.team_number = teams.team_number
    left join locations on feedback.location_number = locations.location_number
)

select * from final
