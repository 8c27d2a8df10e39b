-- grain: one row per survey, wave, respondent and item; the last complete submission wins
with responses as (
    select * from {{ source('raw', 'employee_responses') }}
),

superseded as (
    select * from {{ ref('stg_superseded_responses') }}
),

final as (
    select
        responses.source,
        responses.batch,
        responses.response_id,
        responses.respondent_key,
        responses.survey,
        responses.wave,
        responses.item_code,
        responses.item_text_version,
        responses.answered_at,
        responses.answered_date,
        responses.score_raw,
        responses.scale_min,
        responses.scale_max,
        responses.direction,
        coalesce(responses.weight, cast(1 as double)) as weight,
        responses.team_ref,
        responses.location_ref,
        responses.language,
        responses.is_complete,
        {{ pomp('responses.score_raw', 'responses.scale_min', 'responses.scale_max',
                'responses.direction') }} as score_pomp
    from responses
    left join superseded
        on responses.record_number = superseded.record_number
        and responses.batch = superseded.batch
        and responses.item_code = superseded.item_code
    where superseded.batch is null
)

select * from final
