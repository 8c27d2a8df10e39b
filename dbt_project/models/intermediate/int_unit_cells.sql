-- grain: one row per unit level, unit, period and metric, from answers of either voice
with scores as (
    select * from {{ ref('int_respondent_scores') }}
    union all
    select * from {{ ref('int_feedback_scores') }}
),

-- most people are in a period's metric once: only the others need a distinct count
repeated as (
    select {{ row_hash(['metric_id', 'period_id', 'person_number']) }} as person_hash
    from (
        select
            metric_id,
            period_id,
            person_number
        from {{ ref('int_respondent_scores') }}
        union all
        select
            metric_id,
            period_id,
            person_number
        from {{ ref('int_feedback_scores') }}
    ) as people
    group by {{ row_hash(['metric_id', 'period_id', 'person_number']) }}
    having count(*) > 1
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

settings as (
    {{ unit_setting() }}
),

placed as (
    select
        scores.metric_id,
        scores.period_id,
        case
            when settings.unit = 'location' then '-'
            else coalesce(scores.team_id, '')
        end as unit_team_id,
        scores.team_id,
        scores.location_id,
        locations.region_id,
        case when repeated.person_hash is not null then scores.person_number end as repeated_person,
        case when repeated.person_hash is null then 1 else 0 end as is_once,
        scores.value,
        scores.value_native
    from scores
    cross join settings
    left join locations on scores.location_id = locations.location_id
    left join repeated
        on {{ row_hash(['scores.metric_id', 'scores.period_id', 'scores.person_number']) }}
        = repeated.person_hash
),

-- each level is computed from rows, never from other cells
grouped as (
    select
        {{ grouped_unit_level() }} as unit_level,
        {{ grouped_unit_id() }} as unit_id,
        period_id,
        metric_id,
        count(*) as n_responses,
        count(distinct repeated_person) + sum(is_once) as n_people,
        avg(value) as value,
        avg(value_native) as value_native,
        var_samp(value) as variance,
        sum(case when value = 100 then 1 else 0 end) as n_top,
        sum(case when value = -100 then 1 else 0 end) as n_bottom
    from placed
    {{ group_by_unit_level(['period_id', 'metric_id']) }}
),

final as (
    select * from grouped
    where unit_id is not null
)

select * from final
