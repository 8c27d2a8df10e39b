-- grain: one row per unit (team x location; a location where the program has no teams)
with team_locations as (
    select * from {{ ref('int_team_locations') }}
),

assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

scores as (
    select * from {{ ref('stg_unit_scores') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

settings as (
    select max(case when setting = 'unit' then value_text end) as unit
    from {{ source('raw', 'declared_settings') }}
),

seen as (
    select
        team_id,
        location_id,
        valid_from,
        valid_to
    from team_locations
    union all
    select
        team_id,
        location_id,
        valid_from,
        valid_to
    from assignments
    where team_id is not null and location_id is not null
    union all
    select
        team_refs.canonical_ref,
        location_refs.canonical_ref,
        {{ far_past() }},
        {{ far_future() }}
    from scores
    left join refs as team_refs
        on team_refs.unit_level = 'team'
        and scores.team_ref = team_refs.reference
    left join refs as location_refs
        on location_refs.unit_level = 'location'
        and scores.location_ref = location_refs.reference
),

units as (
    select
        case when settings.unit = 'team_location' then seen.team_id end as team_id,
        seen.location_id,
        min(seen.valid_from) as valid_from,
        max(seen.valid_to) as valid_to
    from seen
    cross join settings
    where seen.location_id is not null
        and (seen.team_id is not null or settings.unit = 'location')
    group by
        case when settings.unit = 'team_location' then seen.team_id end,
        seen.location_id
    union all
    select
        cast(null as string),
        locations.location_id,
        {{ far_past() }},
        locations.valid_to
    from locations
    cross join settings
    left join seen on locations.location_id = seen.location_id
    where settings.unit = 'location' and seen.location_id is null
),

final as (
    select
        cast(
            case
                when units.team_id is null then units.location_id
                else {{ dbt.concat(['units.team_id', "'@'", 'units.location_id']) }}
            end as string
        ) as unit_id,
        cast(units.team_id as string) as team_id,
        cast(teams.team_name as string) as team_name,
        cast(units.location_id as string) as location_id,
        cast(locations.location_name as string) as location_name,
        cast(locations.region_id as string) as region_id,
        cast(locations.region_name as string) as region_name,
        cast(units.valid_from as date) as valid_from,
        cast(units.valid_to as date) as valid_to
    from units
    left join teams on units.team_id = teams.team_id
    left join locations on units.location_id = locations.location_id
)

select * from final
