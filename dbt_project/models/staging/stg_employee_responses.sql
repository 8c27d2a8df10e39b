-- grain: one row per survey, wave, respondent and item
with responses as (
    select * from {{ source('raw', 'employee_responses') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by survey, wave, respondent_key, item_code
            order by
                case when is_complete is false then 0 else 1 end desc,
                answered_at desc,
                input desc,
                record_number desc
        ) as recency
    from responses
),

final as (
    select
        source,
        batch,
        response_id,
        respondent_key,
        respondent_id_type,
        survey,
        wave,
        item_code,
        answered_at,
        answered_date,
        score_raw,
        scale_min,
        scale_max,
        direction,
        coalesce(weight, cast(1 as double)) as weight,
        team_ref,
        location_ref,
        language,
        is_complete,
        {{ pomp('score_raw', 'scale_min', 'scale_max', 'direction') }} as score_pomp
    from ranked
    where recency = 1
)

select * from final
