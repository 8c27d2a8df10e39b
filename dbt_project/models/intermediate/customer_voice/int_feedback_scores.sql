-- grain: one row per metric and feedback event with enough answered questions
{{ config(materialized='view') }}
with feedback as (
    select * from {{ ref('int_feedback_numbered') }}
    where reason_number is null and score_raw is not null
),

questions as (
    select * from {{ ref('int_feedback_questions') }}
),

single as (
    select
        questions.metric_id,
        questions.metric_number,
        feedback.period_index,
        feedback.team_number,
        feedback.location_number,
        feedback.method_number,
        feedback.person_number,
        {{ metric_value('questions.metric_kind', 'feedback.score_raw',
                        'questions.top_box_from', 'cast(feedback.score_pomp as double)',
                        'questions.direction') }} as value,
        feedback.score_raw as value_native
    from feedback
    inner join questions on feedback.item_number = questions.item_number
    where questions.n_items = 1
),

-- only metrics of several questions need a step per event
-- (from the models: a CTE read twice is copied, and then every column of both parts is computed)
composite as (
    select
        questions.metric_id,
        questions.metric_number,
        min(feedback.period_index) as period_index,
        min(feedback.team_number) as team_number,
        min(feedback.location_number) as location_number,
        min(feedback.method_number) as method_number,
        min(feedback.person_number) as person_number,
        {{ exact_mean(metric_value('questions.metric_kind', 'feedback.score_raw',
                            'questions.top_box_from', 'cast(feedback.score_pomp as double)',
                            'questions.direction')) }} as value,
        {{ exact_mean('feedback.score_raw') }} as value_native
    from {{ ref('int_feedback_numbered') }} as feedback
    inner join {{ ref('int_feedback_questions') }} as questions
        on feedback.item_number = questions.item_number
    where
        questions.n_items > 1
        and feedback.reason_number is null
        and feedback.score_raw is not null
    group by
        questions.metric_id,
        questions.metric_number,
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
