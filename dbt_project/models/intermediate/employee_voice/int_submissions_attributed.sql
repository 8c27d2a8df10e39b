-- grain: one row per survey, wave and respondent, with the unit its author was in then
with responses as (
    select * from {{ ref('stg_employee_responses') }}
),

waves as (
    select * from {{ source('raw', 'declared_waves') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

people as (
    select * from {{ ref('int_people_identified') }}
),

assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

team_locations as (
    select * from {{ ref('int_team_locations') }}
),

submissions as (
    select
        survey,
        wave,
        respondent_key,
        max(answered_date) as answered_date,
        max(team_ref) as team_ref,
        max(location_ref) as location_ref,
        max(weight) as weight
    from responses
    group by survey, wave, respondent_key
),

identified as (
    select
        submissions.*,
        people.employee_key,
        teams.canonical_ref as named_team_id,
        locations.canonical_ref as named_location_id,
        coalesce(waves.period_id, periods.period_id) as period_id
    from submissions
    left join waves on submissions.wave = waves.wave_id
    left join periods
        on waves.wave_id is null
        and submissions.answered_date between periods.period_start and periods.period_end
    left join people
        on submissions.respondent_key = people.id_key
        and submissions.answered_date >= people.valid_from
        and submissions.answered_date < people.valid_to
    left join refs as teams
        on teams.unit_level = 'team'
        and submissions.team_ref = teams.reference
    left join refs as locations
        on locations.unit_level = 'location'
        and submissions.location_ref = locations.reference
),

placed as (
    select
        identified.*,
        case
            when identified.named_team_id is not null or identified.named_location_id is not null
                then 'direct_unit'
            when assignments.employee_key is not null then 'org_history'
            else 'none'
        end as attribution_method,
        case
            when identified.named_team_id is not null or identified.named_location_id is not null
                then identified.named_team_id
            else assignments.team_id
        end as team_id,
        coalesce(
            identified.named_location_id,
            team_locations.location_id,
            assignments.location_id
        ) as location_id
    from identified
    left join assignments
        on identified.employee_key = assignments.employee_key
        and identified.answered_date >= assignments.valid_from
        and identified.answered_date < assignments.valid_to
    left join team_locations
        on identified.named_team_id = team_locations.team_id
        and identified.answered_date >= team_locations.valid_from
        and identified.answered_date < team_locations.valid_to
),

final as (
    select
        survey,
        wave,
        respondent_key,
        employee_key,
        answered_date,
        period_id,
        weight,
        attribution_method,
        team_id,
        location_id,
        case
            when period_id is null then 'outside_periods'
            when attribution_method <> 'none' and location_id is null and team_id is null
                then 'unknown_unit'
            when attribution_method = 'none' and (team_ref is not null or location_ref is not null)
                then 'unknown_unit'
            when attribution_method = 'none' and employee_key is null then 'unknown_person'
            when attribution_method = 'none' then 'no_assignment'
        end as remainder_reason
    from placed
)

select * from final
