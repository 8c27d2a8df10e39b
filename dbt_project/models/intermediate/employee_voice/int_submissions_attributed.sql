-- grain: one row per survey, wave and respondent, with the unit its author was in then
with responses as (
    select * from {{ ref('stg_employee_responses') }}
),

waves as (
    select * from {{ source('raw', 'declared_waves') }}
),

days as (
    select * from {{ ref('int_period_days') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

team_locations as (
    select * from {{ ref('int_team_locations') }}
),

people as (
    select * from {{ ref('int_people_identified') }}
),

people_placed as (
    select * from {{ ref('int_people_placed') }}
),

settings as (
    {{ unit_setting() }}
),

submissions as (
    select
        survey,
        wave,
        respondent_key,
        max(answered_date) as answered_date,
        max(team_ref) as team_ref,
        max(location_ref) as location_ref,
        max(weight) as weight,
        cast(count(*) as bigint) as n_rows
    from responses
    group by survey, wave, respondent_key
),

-- a wave uses its fieldwork window; a wave nobody declared uses the day of the answer
rungs as (
    select
        submissions.*,
        people.employee_key,
        named_teams.team_id as named_team_id,
        named_teams.location_id as named_team_location_id,
        named_locations.canonical_ref as named_location_id,
        people_placed.team_id as placed_team_id,
        people_placed.location_id as placed_location_id,
        case when waves.wave_id is null then days.period_id else waves.period_id end as period_id,
        case
            when named_teams.team_id is not null then 'direct_unit'
            when settings.unit = 'location' and named_locations.canonical_ref is not null
                then 'direct_unit'
            when people_placed.id_key is not null then 'org_history'
            when named_locations.canonical_ref is not null then 'location'
            else 'none'
        end as attribution_method
    from submissions
    cross join settings
    left join waves on submissions.wave = waves.wave_id
    left join days on submissions.answered_date = days.calendar_day
    left join people
        on submissions.respondent_key = people.id_key
        and {{ holds_on('people', 'submissions.answered_date') }}
    left join people_placed
        on submissions.respondent_key = people_placed.id_key
        and {{ holds_on('people_placed', 'submissions.answered_date') }}
    left join refs as team_refs
        on team_refs.unit_level = 'team'
        and submissions.team_ref = team_refs.reference
    left join team_locations as named_teams
        on team_refs.canonical_ref = named_teams.team_id
        and {{ holds_on('named_teams', 'submissions.answered_date') }}
    left join refs as named_locations
        on named_locations.unit_level = 'location'
        and submissions.location_ref = named_locations.reference
),

final as (
    select
        survey,
        wave,
        respondent_key,
        {{ row_number_of(['coalesce(employee_key, respondent_key)']) }} as person_number,
        period_id,
        n_rows,
        weight,
        attribution_method,
        case attribution_method
            when 'direct_unit' then named_team_id
            when 'org_history' then placed_team_id
        end as team_id,
        case attribution_method
            when 'direct_unit' then coalesce(named_team_location_id, named_location_id)
            when 'org_history' then coalesce(placed_location_id, named_location_id)
            else named_location_id
        end as location_id,
        case
            when period_id is null then 'outside_periods'
            when attribution_method <> 'none' then cast(null as string)
            when team_ref is not null or location_ref is not null then 'unknown_unit'
            when employee_key is null then 'unknown_person'
            else 'no_assignment'
        end as remainder_reason
    from rungs
)

select * from final
