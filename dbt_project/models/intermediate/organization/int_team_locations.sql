-- grain: one row per team and interval, with its location then (null: in several, or not told)
with units as (
    select * from {{ ref('int_unit_versions') }}
    where unit_level = 'team'
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

teams as (
    select distinct canonical_ref as team_id
    from refs
    where unit_level = 'team' and canonical_ref is not null
),

declared as (
    select
        units.unit_ref as team_id,
        refs.canonical_ref as location_id,
        units.valid_from,
        {{ end_before_next('units.unit_ref', 'units') }} as valid_to
    from units
    left join refs
        on refs.unit_level = 'location'
        and units.parent_ref = refs.reference
),

told_by_assignments as (
    select
        team_id,
        case when min(location_id) = max(location_id) then min(location_id) end as location_id
    from assignments
    group by team_id
),

final as (
    select
        teams.team_id,
        coalesce(declared.location_id, told_by_assignments.location_id) as location_id,
        coalesce(declared.valid_from, {{ far_past() }}) as valid_from,
        coalesce(declared.valid_to, {{ far_future() }}) as valid_to
    from teams
    left join declared on teams.team_id = declared.team_id
    left join told_by_assignments on teams.team_id = told_by_assignments.team_id
)

select * from final
