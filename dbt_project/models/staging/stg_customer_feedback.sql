-- grain: one row per source, feedback event and question
with feedback as (
    select * from {{ source('raw', 'customer_feedback') }}
),

repeated as (
    select
        source,
        feedback_id,
        item_code
    from feedback
    group by source, feedback_id, item_code
    having count(*) > 1
),

ranked as (
    select
        feedback.*,
        row_number() over (
            partition by feedback.source, feedback.feedback_id, feedback.item_code
            order by
                coalesce(feedback.updated_at, feedback.occurred_at) desc,
                feedback.input desc,
                feedback.record_number desc
        ) as recency
    from feedback
    inner join repeated
        on feedback.source = repeated.source
        and feedback.feedback_id = repeated.feedback_id
        and feedback.item_code = repeated.item_code
),

single as (
    select
        feedback.*,
        cast(1 as bigint) as recency
    from feedback
    left join repeated
        on feedback.source = repeated.source
        and feedback.feedback_id = repeated.feedback_id
        and feedback.item_code = repeated.item_code
    where repeated.feedback_id is null
),

latest as (
    select * from single
    union all
    select * from ranked
    where recency = 1
),

final as (
    select
        source,
        batch,
        feedback_id,
        customer_key,
        occurred_at,
        local_date,
        channel,
        touchpoint,
        journey_stage,
        item_code,
        question_kind,
        score_raw,
        scale_min,
        scale_max,
        direction,
        team_ref,
        location_ref,
        agent_key,
        agent_id_type,
        ticket_group_ref,
        language,
        updated_at,
        {{ pomp('score_raw', 'scale_min', 'scale_max', 'direction') }} as score_pomp
    from latest
)

select * from final
