-- grain: one row per feedback event and question, with its unit by the best rung
{{ config(materialized='view') }}
with feedback as (
    select * from {{ ref('stg_customer_feedback') }}
),

days as (
    select * from {{ ref('int_period_days') }}
),

location_refs as (
    select * from {{ ref('int_unit_references_resolved') }}
    where unit_level = 'location'
),

-- what a written name stands for on a day, joined here where there are few rows
named_teams as (
    select
        refs.reference,
        team_locations.team_id,
        team_locations.location_id,
        team_locations.valid_from,
        team_locations.valid_to
    from {{ ref('int_unit_references_resolved') }} as refs
    inner join {{ ref('int_team_locations') }} as team_locations
        on refs.canonical_ref = team_locations.team_id
    where refs.unit_level = 'team'
),

group_teams as (
    select
        ticket_groups.ticket_group_ref,
        team_locations.team_id,
        team_locations.location_id,
        greatest(ticket_groups.valid_from, team_locations.valid_from) as valid_from,
        least(ticket_groups.valid_to, team_locations.valid_to) as valid_to
    from {{ ref('int_ticket_groups_resolved') }} as ticket_groups
    inner join {{ ref('int_team_locations') }} as team_locations
        on ticket_groups.team_id = team_locations.team_id
        and ticket_groups.valid_from < team_locations.valid_to
        and ticket_groups.valid_to > team_locations.valid_from
),

people_placed as (
    select * from {{ ref('int_people_placed') }}
),

-- what each rung of the ladder finds on the day of the feedback; every join is on a unique key
rungs as (
    select
        feedback.*,
        {{ row_number_of(['feedback.source', 'feedback.feedback_id']) }} as event_number,
        days.period_id,
        location_refs.canonical_ref as named_location_id,
        named_teams.team_id as named_team_id,
        named_teams.location_id as named_team_location_id,
        group_teams.team_id as group_team_id,
        group_teams.location_id as group_location_id,
        people_placed.id_key as placed_agent,
        people_placed.team_id as agent_team_id,
        people_placed.location_id as agent_location_id
    from feedback
    left join days on feedback.local_date = days.calendar_day
    left join location_refs on feedback.location_ref = location_refs.reference
    left join named_teams
        on feedback.team_ref = named_teams.reference
        and {{ holds_on('named_teams', 'feedback.local_date') }}
    left join group_teams
        on feedback.ticket_group_ref = group_teams.ticket_group_ref
        and {{ holds_on('group_teams', 'feedback.local_date') }}
    left join people_placed
        on feedback.agent_key = people_placed.id_key
        and {{ holds_on('people_placed', 'feedback.local_date') }}
),

final as (
    select
        event_number,
        item_code,
        case
            when customer_key is null then event_number
            else {{ row_number_of(['customer_key']) }}
        end as person_number,
        channel,
        score_raw,
        score_pomp,
        period_id,
        case
            when named_team_id is not null then 'direct_unit'
            when group_team_id is not null then 'ticket_group'
            when placed_agent is not null then 'agent'
            when named_location_id is not null then 'location'
            else 'none'
        end as attribution_method,
        coalesce(named_team_id, group_team_id, agent_team_id) as team_id,
        -- a team at several locations is told apart by the location the feedback names
        case
            when named_team_id is not null then coalesce(named_team_location_id, named_location_id)
            when group_team_id is not null then coalesce(group_location_id, named_location_id)
            else coalesce(agent_location_id, named_location_id)
        end as location_id,
        case
            when period_id is null then 'outside_periods'
            when
                coalesce(named_team_id, group_team_id, placed_agent, named_location_id) is not null
                then cast(null as string)
            when team_ref is not null then 'unknown_or_closed_team'
            when ticket_group_ref is not null then 'unknown_ticket_group'
            when agent_key is not null then 'unknown_agent'
            when location_ref is not null then 'unknown_location'
            else 'no_reference'
        end as remainder_reason
    from rungs
)

select * from final
