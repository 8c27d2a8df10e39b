-- grain: one row per survey answer that another replaces: sent again, or in a lost submission
-- a table, because each reader of the answers would find these rows anew
{{ config(materialized='table') }}
-- few people answer twice, so only their submissions are ranked
with repeated as (
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

final as (
    select
        batch,
        record_number,
        item_code
    from ranked
    where recency > 1 or submission <> last_submission
)

select * from final
