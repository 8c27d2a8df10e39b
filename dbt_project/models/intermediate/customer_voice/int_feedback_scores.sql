-- grain: one row per metric and feedback event with enough answered questions
{{ config(materialized='view') }}
with feedback as (
    select * from {{ ref('int_feedback_attributed') }}
    where remainder_reason is null and score_raw is not null
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
    where voice = 'customer'
),

items as (
    select * from {{ source('raw', 'declared_metric_items') }}
),

questions as (
    select
        items.metric_id,
        items.item_code,
        metrics.metric_kind,
        metrics.top_box_from,
        metrics.direction,
        metrics.n_required,
        count(*) over (partition by items.metric_id) as n_items
    from items
    inner join metrics on items.metric_id = metrics.metric_id
),

single as (
    select
        questions.metric_id,
        feedback.period_id,
        feedback.team_id,
        feedback.location_id,
        feedback.person_number,
        {{ metric_value('questions.metric_kind', 'feedback.score_raw',
                        'questions.top_box_from', 'feedback.score_pomp',
                        'questions.direction') }} as value,
        feedback.score_raw as value_native
    from feedback
    inner join questions on feedback.item_code = questions.item_code
    where questions.n_items = 1
),

-- only metrics of several questions need a step per event
composite as (
    select
        questions.metric_id,
        min(feedback.period_id) as period_id,
        min(feedback.team_id) as team_id,
        min(feedback.location_id) as location_id,
        min(feedback.person_number) as person_number,
        avg({{ metric_value('questions.metric_kind', 'feedback.score_raw',
                            'questions.top_box_from', 'feedback.score_pomp',
                            'questions.direction') }}) as value,
        avg(feedback.score_raw) as value_native
    from {{ ref('int_feedback_attributed') }} as feedback
    inner join questions on feedback.item_code = questions.item_code
    where
        questions.n_items > 1
        and feedback.remainder_reason is null
        and feedback.score_raw is not null
    group by
        questions.metric_id,
        questions.n_required,
        feedback.event_number
    having count(*) >= questions.n_required
),

final as (
    select * from single
    union all
    select * from composite
)

select * from final
