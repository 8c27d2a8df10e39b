-- grain: one row per survey, wave and invited person, with the unit at the invitation
with invitations as (
    select * from {{ ref('stg_invitations') }}
),

waves as (
    select * from {{ source('raw', 'declared_waves') }}
),

days as (
    select * from {{ ref('int_period_days') }}
),

people_placed as (
    select * from {{ ref('int_people_placed') }}
),

final as (
    select
        invitations.survey,
        invitations.wave,
        invitations.respondent_key,
        case when waves.wave_id is null then days.period_id else waves.period_id end as period_id,
        {{ row_number_of(['coalesce(people_placed.employee_key, invitations.respondent_key)']) }}
            as person_number,
        people_placed.team_id,
        people_placed.location_id,
        people_placed.gender,
        people_placed.age_band,
        people_placed.tenure_band,
        people_placed.job_level,
        people_placed.employment
    from invitations
    left join waves on invitations.wave = waves.wave_id
    left join days on invitations.invited_date = days.calendar_day
    left join people_placed
        on invitations.respondent_key = people_placed.id_key
        and {{ holds_on('people_placed', 'invitations.invited_date') }}
)

select * from final
