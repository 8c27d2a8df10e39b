-- grain: one row per metric and feedback event with enough answered questions
{{ config(materialized='view') }}
with feedback as (
    select * from {{ ref('int_feedback_attributed') }}
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
    where voice = 'customer'
),

items as (
    select * from {{ source('raw', 'declared_metric_items') }}
),

units as (
    select * from {{ ref('int_units_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

settings as (
    select max(case when setting = 'unit' then value_text end) as unit
    from {{ source('raw', 'declared_settings') }}
),

questions as (
    select
        items.metric_id,
        items.item_code,
        metrics.metric_kind,
        metrics.top_box_from,
        metrics.n_required,
        count(*) over (partition by items.metric_id) as n_items
    from items
    inner join metrics on items.metric_id = metrics.metric_id
),

answers as (
    select
        questions.metric_id,
        questions.n_items,
        questions.n_required,
        feedback.source,
        feedback.feedback_id,
        feedback.period_id,
        feedback.team_id,
        feedback.location_id,
        feedback.person_key,
        cast({{ metric_value('questions.metric_kind', 'feedback.score_raw',
                             'questions.top_box_from', 'feedback.score_pomp') }} as double) as value,
        feedback.score_raw as value_native
    from feedback
    inner join questions on feedback.item_code = questions.item_code
    where feedback.score_raw is not null and feedback.remainder_reason is null
),

-- only metrics of several questions need a step per event
combined as (
    select
        metric_id,
        period_id,
        team_id,
        location_id,
        person_key,
        value,
        value_native
    from answers
    where n_items = 1
    union all
    select
        metric_id,
        min(period_id) as period_id,
        min(team_id) as team_id,
        min(location_id) as location_id,
        min(person_key) as person_key,
        avg(value) as value,
        avg(value_native) as value_native
    from answers
    where n_items > 1
    group by metric_id, n_required, source, feedback_id
    having count(*) >= n_required
),

final as (
    select
        combined.metric_id,
        combined.period_id,
        units.unit_id,
        combined.team_id,
        combined.location_id,
        locations.region_id,
        combined.person_key,
        combined.value,
        combined.value_native
    from combined
    cross join settings
    left join units
        on combined.location_id = units.location_id
        and case when settings.unit = 'location' then '-' else coalesce(combined.team_id, '?') end
            = coalesce(units.team_id, '-')
    left join locations on combined.location_id = locations.location_id
)

select * from final
