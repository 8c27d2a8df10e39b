-- grain: one row per survey, wave and invited person, with the unit at the invitation
with invitations as (
    select * from {{ ref('stg_invitations') }}
),

waves as (
    select * from {{ source('raw', 'declared_waves') }}
),

people as (
    select * from {{ ref('int_people_identified') }}
),

assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

final as (
    select
        invitations.survey,
        invitations.wave,
        invitations.respondent_key,
        waves.period_id,
        assignments.team_id,
        assignments.location_id
    from invitations
    left join waves on invitations.wave = waves.wave_id
    left join people
        on invitations.respondent_key = people.id_key
        and invitations.invited_date >= people.valid_from
        and invitations.invited_date < people.valid_to
    left join assignments
        on people.employee_key = assignments.employee_key
        and invitations.invited_date >= assignments.valid_from
        and invitations.invited_date < assignments.valid_to
)

select * from final
