-- grain: one row per unit level, unit, period and metric, from answers of either voice
with sums as (
    select * from {{ ref('int_score_sums') }}
),

repeated_answers as (
    select * from {{ ref('int_repeated_answers') }}
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

settings as (
    {{ unit_setting() }}
),

placed as (
    select
        sums.*,
        teams.team_id,
        locations.location_id,
        locations.region_id,
        case
            when settings.unit = 'location' then '-'
            else coalesce(teams.team_id, '')
        end as unit_team_id
    from sums
    cross join settings
    left join teams on sums.team_number = teams.team_number
    left join locations on sums.location_number = locations.location_number
),

-- sums of the rows themselves at each level, never of other cells' values
grouped as (
    select
        {{ grouped_unit_level() }} as unit_level,
        {{ grouped_unit_id() }} as unit_id,
        period_index,
        metric_number,
        sum(n_responses) as n_responses,
        sum(n_values) as n_values,
        sum(value_sum) as value_sum,
        sum(value_square_sum) as value_square_sum,
        sum(value_native_sum) as value_native_sum,
        sum(n_top) as n_top,
        sum(n_bottom) as n_bottom
    from placed
    {{ group_by_unit_level(['period_index', 'metric_number']) }}
),

-- An answer counts as a person, unless its person was counted already. Where one gave more than five
-- sixths of the answers, their mean places that person's within a fifth of the scale: the cell is
-- of one person (docs/privacy.md).
final as (
    select
        grouped.unit_level,
        grouped.unit_id,
        periods.period_id,
        metrics.metric_id,
        cast(grouped.n_responses as bigint) as n_responses,
        cast(
            case
                when 6 * repeated_answers.n_of_one_person > 5 * grouped.n_responses then 1
                else grouped.n_responses - coalesce(repeated_answers.n_repeated, 0)
            end as bigint
        ) as n_people,
        {{ mean_of_whole('grouped.value_sum', 'grouped.n_values') }} as value,
        {{ mean_of_whole('grouped.value_native_sum', 'grouped.n_responses') }} as value_native,
        {{ variance_of_whole('grouped.value_sum', 'grouped.value_square_sum',
                             'grouped.n_values') }} as variance,
        cast(grouped.n_top as bigint) as n_top,
        cast(grouped.n_bottom as bigint) as n_bottom
    from grouped
    inner join metrics on grouped.metric_number = metrics.metric_number
    left join periods on grouped.period_index = periods.period_index
    left join repeated_answers
        on grouped.unit_level = repeated_answers.unit_level
        and grouped.unit_id = repeated_answers.unit_id
        and grouped.period_index = repeated_answers.period_index
        and grouped.metric_number = repeated_answers.metric_number
    where grouped.unit_id is not null
)

select * from final
