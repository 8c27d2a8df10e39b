-- grain: one row per employee and interval; intervals of one employee never overlap
with assignments as (
    select * from {{ ref('stg_org_assignments') }}
    where valid_from < valid_to
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

snapshots as (
    select * from {{ source('raw', 'declared_sources') }}
    where is_snapshot
),

-- a row of a snapshot holds until the next one, which lists everybody who is still there
snapshot_days as (
    select
        days.source,
        days.valid_from,
        lead(days.valid_from) over (partition by days.source order by days.valid_from) as next_day
    from (
        select distinct
            assignments.source,
            assignments.valid_from
        from assignments
        inner join snapshots on assignments.source = snapshots.source
    ) as days
),

held as (
    select
        assignments.employee_key,
        assignments.team_ref,
        assignments.location_ref,
        assignments.manager_key,
        assignments.valid_from,
        least(assignments.valid_to, coalesce(snapshot_days.next_day, {{ far_future() }}))
            as valid_to
    from assignments
    left join snapshot_days
        on assignments.source = snapshot_days.source
        and assignments.valid_from = snapshot_days.valid_from
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
    from held
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
