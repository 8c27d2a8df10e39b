-- grain: one row per metric, survey, wave and respondent with enough answered items
with responses as (
    select * from {{ ref('stg_employee_responses') }}
    where score_raw is not null
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
    where remainder_reason is null
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
    where voice = 'employee'
),

items as (
    select * from {{ source('raw', 'declared_metric_items') }}
),

scored as (
    select
        metrics.metric_id,
        responses.survey,
        responses.wave,
        responses.respondent_key,
        {{ exact_mean(metric_value('metrics.metric_kind', 'responses.score_raw',
                            'metrics.top_box_from', 'responses.score_pomp',
                            'metrics.direction')) }} as value,
        {{ exact_mean('responses.score_raw') }} as value_native
    from responses
    inner join items on responses.item_code = items.item_code
    inner join metrics on items.metric_id = metrics.metric_id
    group by
        metrics.metric_id,
        metrics.n_required,
        responses.survey,
        responses.wave,
        responses.respondent_key
    having count(*) >= metrics.n_required
),

final as (
    select
        scored.metric_id,
        submissions.period_id,
        submissions.team_id,
        submissions.location_id,
        submissions.person_number,
        scored.value,
        scored.value_native
    from scored
    inner join submissions
        on scored.survey = submissions.survey
        and scored.wave = submissions.wave
        and scored.respondent_key = submissions.respondent_key
)

select * from final
