-- grain: one row per survey, item and wording: the registry of what was asked, and when
with responses as (
    select * from {{ ref('stg_employee_responses') }}
),

-- letter case is no change of wording
worded as (
    select
        survey,
        item_code,
        lower(item_text_version) as wording_key,
        max(item_text_version) as wording,
        min(answered_date) as first_answered,
        max(answered_date) as last_answered,
        count(distinct wave) as n_waves,
        count(score_raw) as n_answers
    from responses
    where item_text_version is not null
    group by survey, item_code, lower(item_text_version)
),

final as (
    select
        cast(survey as string) as survey,
        cast(item_code as string) as item_code,
        cast(row_number() over (
            partition by survey, item_code order by first_answered, wording_key
        ) as bigint) as wording_number,
        cast(count(*) over (partition by survey, item_code) as bigint) as n_wordings,
        cast(wording as string) as wording,
        cast(first_answered as date) as first_answered,
        cast(last_answered as date) as last_answered,
        cast(n_waves as bigint) as n_waves,
        cast(n_answers as bigint) as n_answers
    from worded
)

select * from final
