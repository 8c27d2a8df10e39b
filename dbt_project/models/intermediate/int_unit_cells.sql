-- grain: one row per unit level, unit, period and metric, from answers of either voice
with sums as (
    select * from {{ ref('int_score_sums') }}
),

repeated_people as (
    select * from {{ ref('int_repeated_people') }}
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

-- an answer counts as a person, unless it is of one heard more than once
counted as (
    select
        metric_id,
        period_index,
        team_number,
        location_number,
        n_responses,
        n_values,
        value_sum,
        value_square_sum,
        value_native_sum,
        n_top,
        n_bottom,
        n_responses as n_people_once,
        cast(null as bigint) as person_number
    from sums
    union all
    select
        metric_id,
        period_index,
        team_number,
        location_number,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        -n_responses,
        person_number
    from repeated_people
),

placed as (
    select
        counted.*,
        periods.period_id,
        teams.team_id,
        locations.location_id,
        locations.region_id,
        case
            when settings.unit = 'location' then '-'
            else coalesce(teams.team_id, '')
        end as unit_team_id
    from counted
    cross join settings
    left join periods on counted.period_index = periods.period_index
    left join teams on counted.team_number = teams.team_number
    left join locations on counted.location_number = locations.location_number
),

-- sums and people of the rows themselves at each level, never of other cells' values
grouped as (
    select
        {{ grouped_unit_level() }} as unit_level,
        {{ grouped_unit_id() }} as unit_id,
        period_id,
        metric_id,
        sum(n_responses) as n_responses,
        count(distinct person_number) + sum(n_people_once) as n_people,
        sum(n_values) as n_values,
        sum(value_sum) as value_sum,
        sum(value_square_sum) as value_square_sum,
        sum(value_native_sum) as value_native_sum,
        sum(n_top) as n_top,
        sum(n_bottom) as n_bottom
    from placed
    {{ group_by_unit_level(['period_id', 'metric_id']) }}
),

final as (
    select
        unit_level,
        unit_id,
        period_id,
        metric_id,
        cast(n_responses as bigint) as n_responses,
        cast(n_people as bigint) as n_people,
        {{ mean_of_whole('value_sum', 'n_values') }} as value,
        {{ mean_of_whole('value_native_sum', 'n_responses') }} as value_native,
        {{ variance_of_whole('value_sum', 'value_square_sum', 'n_values') }} as variance,
        cast(n_top as bigint) as n_top,
        cast(n_bottom as bigint) as n_bottom
    from grouped
    where unit_id is not null
)

select * from final
