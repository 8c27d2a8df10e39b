-- grain: one row per team and interval, with the location it belonged to then
with units as (
    select * from {{ ref('stg_units') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

assignments as (
    select * from {{ ref('stg_org_assignments') }}
),

declared as (
    select
        units.unit_ref as team_id,
        refs.canonical_ref as location_id,
        units.valid_from,
        units.valid_to
    from units
    left join refs
        on refs.unit_level = 'location'
        and units.parent_ref = refs.reference
    where units.unit_level = 'team'
),

told_by_assignments as (
    select
        teams.canonical_ref as team_id,
        min(locations.canonical_ref) as location_id,
        {{ far_past() }} as valid_from,
        {{ far_future() }} as valid_to
    from assignments
    inner join refs as teams
        on teams.unit_level = 'team'
        and assignments.team_ref = teams.reference
    inner join refs as locations
        on locations.unit_level = 'location'
        and assignments.location_ref = locations.reference
    left join declared on teams.canonical_ref = declared.team_id
    where declared.team_id is null
    group by teams.canonical_ref
    having count(distinct locations.canonical_ref) = 1
),

final as (
    select * from declared
    union all
    select * from told_by_assignments
)

select * from final
