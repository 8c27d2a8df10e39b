-- grain: one row per employee and interval; intervals of one employee never overlap
with assignments as (
    select * from {{ ref('stg_org_assignments') }}
    where valid_from < valid_to
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

cut as (
    select
        employee_key,
        team_ref,
        location_ref,
        manager_key,
        valid_from,
        valid_to as told_to,
        {{ end_before_next('employee_key') }} as valid_to
    from assignments
),

final as (
    select
        cut.employee_key,
        teams.canonical_ref as team_id,
        locations.canonical_ref as location_id,
        cut.manager_key,
        cut.valid_from,
        cut.valid_to,
        cut.valid_to < cut.told_to as was_cut
    from cut
    left join refs as teams
        on teams.unit_level = 'team'
        and cut.team_ref = teams.reference
    left join refs as locations
        on locations.unit_level = 'location'
        and cut.location_ref = locations.reference
)

select * from final
