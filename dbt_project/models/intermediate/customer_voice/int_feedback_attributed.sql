-- grain: one row per source, feedback event and question, with its unit by the best rung
with feedback as (
    select * from {{ ref('stg_customer_feedback') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

team_locations as (
    select * from {{ ref('int_team_locations') }}
),

ticket_groups as (
    select * from {{ ref('int_ticket_groups_resolved') }}
),

people as (
    select * from {{ ref('int_people_identified') }}
),

assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

-- the day of the feedback decides every as-of join, so each distinct day and key is joined once
agents as (
    select distinct
        agent_key,
        local_date
    from feedback
    where agent_key is not null and team_ref is null
),

agent_teams as (
    select
        agents.agent_key,
        agents.local_date,
        assignments.team_id,
        assignments.location_id
    from agents
    inner join people
        on agents.agent_key = people.id_key
        and agents.local_date >= people.valid_from
        and agents.local_date < people.valid_to
    inner join assignments
        on people.employee_key = assignments.employee_key
        and agents.local_date >= assignments.valid_from
        and agents.local_date < assignments.valid_to
),

rungs as (
    select
        feedback.source,
        feedback.feedback_id,
        feedback.customer_key,
        feedback.local_date,
        feedback.channel,
        feedback.touchpoint,
        feedback.journey_stage,
        feedback.item_code,
        feedback.score_raw,
        feedback.score_pomp,
        feedback.team_ref,
        feedback.location_ref,
        feedback.agent_key,
        feedback.ticket_group_ref,
        periods.period_id,
        case
            when team_locations.team_id is not null then 'direct_unit'
            when ticket_groups.team_id is not null then 'ticket_group'
            when agent_teams.agent_key is not null then 'agent'
            when locations.canonical_ref is not null then 'location'
            else 'none'
        end as attribution_method,
        coalesce(team_locations.team_id, ticket_groups.team_id, agent_teams.team_id) as team_id,
        case
            when team_locations.team_id is not null then team_locations.location_id
            when ticket_groups.team_id is not null then group_locations.location_id
            when agent_teams.agent_key is not null then agent_teams.location_id
            else locations.canonical_ref
        end as location_id
    from feedback
    left join periods
        on feedback.local_date >= periods.period_start
        and feedback.local_date <= periods.period_end
    left join refs as teams
        on teams.unit_level = 'team'
        and feedback.team_ref = teams.reference
    left join team_locations
        on teams.canonical_ref = team_locations.team_id
        and feedback.local_date >= team_locations.valid_from
        and feedback.local_date < team_locations.valid_to
    left join ticket_groups
        on feedback.ticket_group_ref = ticket_groups.ticket_group_ref
        and feedback.local_date >= ticket_groups.valid_from
        and feedback.local_date < ticket_groups.valid_to
    left join team_locations as group_locations
        on ticket_groups.team_id = group_locations.team_id
        and feedback.local_date >= group_locations.valid_from
        and feedback.local_date < group_locations.valid_to
    left join agent_teams
        on feedback.agent_key = agent_teams.agent_key
        and feedback.local_date = agent_teams.local_date
    left join refs as locations
        on locations.unit_level = 'location'
        and feedback.location_ref = locations.reference
),

final as (
    select
        source,
        feedback_id,
        coalesce(customer_key, feedback_id) as person_key,
        local_date,
        channel,
        touchpoint,
        journey_stage,
        item_code,
        score_raw,
        score_pomp,
        period_id,
        attribution_method,
        team_id,
        location_id,
        case
            when period_id is null then 'outside_periods'
            when attribution_method <> 'none' then cast(null as string)
            when team_ref is not null then 'unknown_or_closed_team'
            when ticket_group_ref is not null then 'unknown_ticket_group'
            when agent_key is not null then 'unknown_agent'
            when location_ref is not null then 'unknown_location'
            else 'no_reference'
        end as remainder_reason
    from rungs
)

select * from final
