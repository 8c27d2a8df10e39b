-- grain: one row per source, feedback event and question; the last change wins
with feedback as (
    select * from {{ source('raw', 'customer_feedback') }}
),

superseded as (
    select * from {{ ref('stg_superseded_feedback') }}
),

final as (
    select
        feedback.source,
        feedback.batch,
        feedback.feedback_id,
        feedback.customer_key,
        feedback.occurred_at,
        feedback.local_date,
        feedback.channel,
        feedback.touchpoint,
        feedback.journey_stage,
        feedback.item_code,
        feedback.question_kind,
        feedback.score_raw,
        feedback.scale_min,
        feedback.scale_max,
        feedback.direction,
        feedback.team_ref,
        feedback.location_ref,
        feedback.agent_key,
        feedback.ticket_group_ref,
        feedback.language,
        feedback.updated_at,
        {{ pomp('feedback.score_raw', 'feedback.scale_min', 'feedback.scale_max',
                'feedback.direction') }} as score_pomp
    from feedback
    left join superseded
        on feedback.record_number = superseded.record_number
        and feedback.batch = superseded.batch
        and feedback.item_code = superseded.item_code
    where superseded.batch is null
)

select * from final
