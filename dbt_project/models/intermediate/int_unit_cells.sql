-- grain: one row per unit level, unit, period and metric, from answers of either voice
with scores as (
    select * from {{ ref('int_respondent_scores') }}
    union all
    select * from {{ ref('int_feedback_scores') }}
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
        scores.person_number,
        scores.value,
        scores.value_native
    from scores
    cross join settings
    left join locations on scores.location_id = locations.location_id
),

-- each level is computed from rows, never from other cells
grouped as (
    select
        {{ grouped_unit_level() }} as unit_level,
        {{ grouped_unit_id() }} as unit_id,
        period_id,
        metric_id,
        count(*) as n_responses,
        count(distinct person_number) as n_people,
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
