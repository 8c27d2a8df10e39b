-- grain: one row per employee and interval; intervals of one employee never overlap
with held as (
    select * from {{ ref('int_assignments_held') }}
),

manager_teams as (
    select * from {{ ref('int_manager_teams') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

settings as (
    {{ teams_setting() }}
),

-- a row without a team belongs to its manager's; without a location, to where that team is
written as (
    select
        held.employee_key,
        coalesce(
            held.team_ref,
            case
                when settings.teams = 'managers' and held.manager_key is not null
                    then {{ manager_code('team', 'held.manager_key') }}
            end
        ) as team_ref,
        coalesce(held.location_ref, manager_teams.location_id) as location_ref,
        held.manager_key,
        held.gender,
        held.age_band,
        held.tenure_band,
        held.job_level,
        held.employment,
        greatest(held.valid_from, coalesce(manager_teams.valid_from, held.valid_from))
            as valid_from,
        least(held.valid_to, coalesce(manager_teams.valid_to, held.valid_to)) as valid_to,
        held.valid_to < held.told_to as was_cut
    from held
    cross join settings
    left join manager_teams
        on held.location_ref is null
        and held.manager_key = manager_teams.manager_key
        and held.valid_from < manager_teams.valid_to
        and held.valid_to > manager_teams.valid_from
),

final as (
    select
        written.employee_key,
        teams.canonical_ref as team_id,
        locations.canonical_ref as location_id,
        written.manager_key,
        written.gender,
        written.age_band,
        written.tenure_band,
        written.job_level,
        written.employment,
        written.valid_from,
        written.valid_to,
        written.was_cut
    from written
    left join refs as teams
        on teams.unit_level = 'team'
        and written.team_ref = teams.reference
    left join refs as locations
        on locations.unit_level = 'location'
        and written.location_ref = locations.reference
)

select * from final
