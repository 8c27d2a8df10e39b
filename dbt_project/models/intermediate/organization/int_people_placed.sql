-- grain: one row per identifier and interval, with the team and location of its employee
with people as (
    select * from {{ ref('int_people_identified') }}
),

assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

final as (
    select
        people.id_key,
        people.employee_key,
        assignments.team_id,
        assignments.location_id,
        assignments.gender,
        assignments.age_band,
        assignments.tenure_band,
        assignments.job_level,
        assignments.employment,
        greatest(people.valid_from, assignments.valid_from) as valid_from,
        least(people.valid_to, assignments.valid_to) as valid_to
    from people
    inner join assignments
        on people.employee_key = assignments.employee_key
        and people.valid_from < assignments.valid_to
        and people.valid_to > assignments.valid_from
    where assignments.team_id is not null or assignments.location_id is not null
)

select * from final
