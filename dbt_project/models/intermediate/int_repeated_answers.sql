-- grain: one row per unit level, unit, period and metric with people heard more than once
{{ config(materialized='view') }}
with repeated_people as (
    select * from {{ ref('int_repeated_people') }}
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
        repeated_people.*,
        locations.region_id,
        -- without teams the unit is the location, whatever the team
        case
            when settings.unit = 'location' then 0
            else repeated_people.team_number
        end as unit_team_number
    from repeated_people
    cross join settings
    left join locations on repeated_people.location_number = locations.location_number
),

-- people of each level, counted from rows and by numbers; few groups then get their ids
people as (
    select
        {{ grouped_unit_level(by='number') }} as unit_level,
        unit_team_number,
        team_number,
        location_number,
        region_id,
        period_index,
        metric_number,
        sum(n_responses) as n_responses
    from placed
    {{ group_by_unit_level(['period_index', 'metric_number', 'person_number'], by='number') }}
),

grouped as (
    select
        unit_level,
        unit_team_number,
        team_number,
        location_number,
        region_id,
        period_index,
        metric_number,
        cast(sum(n_responses) - count(*) as bigint) as n_repeated,
        cast(max(n_responses) as bigint) as n_of_one_person
    from people
    group by
        unit_level,
        unit_team_number,
        team_number,
        location_number,
        region_id,
        period_index,
        metric_number
),

named as (
    select
        grouped.unit_level,
        case grouped.unit_level
            when 'unit' then
                case
                    when grouped.unit_team_number = 0 then locations.location_id
                    else teams.team_id || '@' || locations.location_id
                end
            when 'team' then teams.team_id
            when 'location' then locations.location_id
            when 'region' then grouped.region_id
            else 'company'
        end as unit_id,
        grouped.period_index,
        grouped.metric_number,
        grouped.n_repeated,
        grouped.n_of_one_person
    from grouped
    left join teams
        on coalesce(grouped.unit_team_number, grouped.team_number) = teams.team_number
    left join locations on grouped.location_number = locations.location_number
),

final as (
    select * from named
    where unit_id is not null
)

select * from final
