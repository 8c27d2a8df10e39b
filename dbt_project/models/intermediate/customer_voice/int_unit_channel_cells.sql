-- grain: one row per customer metric, unit, period and channel
{{ config(materialized='view') }}
with feedback as (
    select * from {{ ref('int_feedback_numbered') }}
    where reason_number is null and score_raw is not null
),

questions as (
    select * from {{ ref('int_feedback_questions') }}
),

channels as (
    select * from {{ ref('stg_feedback_channels') }}
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

answers as (
    select
        questions.metric_id,
        questions.n_required,
        questions.n_items,
        feedback.event_number,
        feedback.period_index,
        feedback.team_number,
        feedback.location_number,
        channels.channel,
        {{ metric_value('questions.metric_kind', 'feedback.score_raw',
                        'questions.top_box_from', 'cast(feedback.score_pomp as double)',
                        'questions.direction') }} as value
    from feedback
    inner join questions on feedback.item_number = questions.item_number
    left join channels on feedback.channel_number = channels.channel_number
),

-- a metric of several questions has one value per event
valued as (
    select
        metric_id,
        period_index,
        team_number,
        location_number,
        channel,
        value
    from answers
    where n_items = 1
    union all
    select
        metric_id,
        min(period_index) as period_index,
        min(team_number) as team_number,
        min(location_number) as location_number,
        min(channel) as channel,
        {{ exact_mean('value') }} as value
    from answers
    where n_items > 1
    group by metric_id, n_required, event_number
    having count(*) >= n_required
),

final as (
    select
        valued.metric_id,
        units.unit_id,
        periods.period_id,
        coalesce(valued.channel, 'unknown') as channel,
        count(*) as n_responses,
        {{ exact_mean('valued.value') }} as value
    from valued
    inner join periods on valued.period_index = periods.period_index
    inner join locations on valued.location_number = locations.location_number
    left join teams on valued.team_number = teams.team_number
    inner join units
        on locations.location_id = units.location_id
        and (teams.team_id = units.team_id or units.team_id is null)
    group by
        valued.metric_id,
        units.unit_id,
        periods.period_id,
        coalesce(valued.channel, 'unknown')
)

select * from final
