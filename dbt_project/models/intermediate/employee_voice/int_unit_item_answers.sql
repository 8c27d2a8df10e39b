-- grain: one row per item, unit, period and respondent
{{ config(materialized='view') }}
with responses as (
    select * from {{ ref('stg_employee_responses') }}
    where score_raw is not null
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
    where remainder_reason is null
),

units as (
    select * from {{ ref('int_units_described') }}
),

final as (
    select
        responses.item_code,
        units.unit_id,
        submissions.period_id,
        submissions.person_number as respondent_key,
        responses.score_pomp,
        responses.scale_min,
        responses.scale_max
    from responses
    inner join submissions
        on responses.survey = submissions.survey
        and responses.wave = submissions.wave
        and responses.respondent_key = submissions.respondent_key
    inner join units
        on submissions.location_id = units.location_id
        and (submissions.team_id = units.team_id or units.team_id is null)
)

select * from final
