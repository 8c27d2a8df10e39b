-- grain: one row per employee and interval; intervals of one employee never overlap
with assignments as (
    select * from {{ ref('stg_org_assignments') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

resolved as (
    select
        assignments.employee_key,
        teams.canonical_ref as team_id,
        locations.canonical_ref as location_id,
        assignments.manager_key,
        assignments.valid_from,
        assignments.valid_to,
        lead(assignments.valid_from) over (
            partition by assignments.employee_key
            order by assignments.valid_from
        ) as next_from
    from assignments
    left join refs as teams
        on teams.unit_level = 'team'
        and assignments.team_ref = teams.reference
    left join refs as locations
        on locations.unit_level = 'location'
        and assignments.location_ref = locations.reference
),

final as (
    select
        employee_key,
        team_id,
        location_id,
        manager_key,
        valid_from,
        -- a later assignment ends the one before it: nobody is in two teams on one day
        least(valid_to, coalesce(next_from, {{ far_future() }})) as valid_to,
        coalesce(next_from < valid_to, false) as was_cut
    from resolved
    where valid_from < valid_to
)

select * from final
