-- grain: one row per customer metric, event, and unit that gives it away (-1) or gets a part of it
{{ config(materialized='view') }}
with shares as (
    select * from {{ ref('int_feedback_shares') }}
),

feedback as (
    select * from {{ ref('int_feedback_numbered') }}
    where reason_number is null and score_raw is not null
),

questions as (
    select * from {{ ref('int_feedback_questions') }}
),

touched as (
    select distinct event_number from shares
),

scores as (
    select
        questions.metric_id,
        feedback.event_number,
        feedback.period_index,
        feedback.team_number,
        feedback.location_number,
        {{ exact_mean(metric_value('questions.metric_kind', 'feedback.score_raw',
                            'questions.top_box_from', 'cast(feedback.score_pomp as double)',
                            'questions.direction')) }} as value
    from feedback
    inner join touched on feedback.event_number = touched.event_number
    inner join questions on feedback.item_number = questions.item_number
    group by
        questions.metric_id,
        questions.n_required,
        feedback.event_number,
        feedback.period_index,
        feedback.team_number,
        feedback.location_number
    having count(*) >= questions.n_required
),

-- taken from the unit that has the event whole, given to those with a part in it
final as (
    select
        metric_id,
        period_index,
        team_number,
        location_number,
        value,
        -1 as n_events,
        cast(-1 as double) as weight
    from scores
    union all
    select
        scores.metric_id,
        scores.period_index,
        shares.team_number,
        shares.location_number,
        scores.value,
        1,
        shares.share
    from scores
    inner join shares on scores.event_number = shares.event_number
)

select * from final
