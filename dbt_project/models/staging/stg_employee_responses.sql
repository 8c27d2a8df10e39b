-- grain: one row per survey, wave, respondent and item; the last complete submission wins
with responses as (
    select * from {{ source('raw', 'employee_responses') }}
),

-- few people answer twice, so only their submissions are ranked
repeated as (
    select {{ row_hash(['survey', 'wave', 'respondent_key']) }} as person_hash
    from {{ source('raw', 'employee_responses') }}
    group by {{ row_hash(['survey', 'wave', 'respondent_key']) }}
    having
        min(answered_at) <> max(answered_at)
        or min(response_id) <> max(response_id)
        or count(*) > count(distinct item_code)
),

versions as (
    select
        answers.*,
        coalesce(answers.response_id, cast(answers.answered_at as string)) as submission
    from {{ source('raw', 'employee_responses') }} as answers
    inner join repeated
        on {{ row_hash(['answers.survey', 'answers.wave', 'answers.respondent_key']) }}
        = repeated.person_hash
),

ranked as (
    select
        batch,
        record_number,
        item_code,
        submission,
        first_value(submission) over (
            partition by survey, wave, respondent_key
            order by
                case when is_complete is false then 0 else 1 end desc,
                answered_at desc nulls last,
                submission desc
        ) as last_submission,
        rank() over (
            partition by survey, wave, respondent_key, submission, item_code
            order by answered_at desc nulls last, input desc, record_number desc
        ) as recency
    from versions
),

superseded as (
    select
        batch,
        record_number,
        item_code
    from ranked
    where recency > 1 or submission <> last_submission
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
