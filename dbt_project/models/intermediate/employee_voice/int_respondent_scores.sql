-- grain: one row per metric, survey, wave and respondent with enough answered items
with responses as (
    select * from {{ ref('stg_employee_responses') }}
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
    where voice = 'employee'
),

items as (
    select * from {{ source('raw', 'declared_metric_items') }}
),

units as (
    select * from {{ ref('int_units_described') }}
),

settings as (
    select max(case when setting = 'unit' then value_text end) as unit
    from {{ source('raw', 'declared_settings') }}
),

answers as (
    select
        metrics.metric_id,
        metrics.n_required,
        responses.survey,
        responses.wave,
        responses.respondent_key,
        {{ metric_value('metrics.metric_kind', 'responses.score_raw', 'metrics.top_box_from',
                        'responses.score_pomp') }} as value,
        responses.score_raw
    from responses
    inner join items on responses.item_code = items.item_code
    inner join metrics on items.metric_id = metrics.metric_id
    where responses.score_raw is not null
),

scored as (
    select
        metric_id,
        survey,
        wave,
        respondent_key,
        avg(value) as value,
        avg(score_raw) as value_native,
        count(*) as n_items
    from answers
    group by metric_id, n_required, survey, wave, respondent_key
    having count(*) >= n_required
),

final as (
    select
        scored.metric_id,
        submissions.period_id,
        units.unit_id,
        submissions.team_id,
        submissions.location_id,
        units.region_id,
        coalesce(submissions.employee_key, submissions.respondent_key) as person_key,
        cast(scored.value as double) as value,
        cast(scored.value_native as double) as value_native,
        submissions.weight
    from scored
    inner join submissions
        on scored.survey = submissions.survey
        and scored.wave = submissions.wave
        and scored.respondent_key = submissions.respondent_key
    cross join settings
    left join units
        on submissions.location_id = units.location_id
        and case when settings.unit = 'location' then '-' else coalesce(submissions.team_id, '?') end
            = coalesce(units.team_id, '-')
    where submissions.remainder_reason is null
)

select * from final
