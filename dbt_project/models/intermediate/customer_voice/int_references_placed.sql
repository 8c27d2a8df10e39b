-- grain: one row per rung of the ladder, reference as written and interval, its place as numbers;
-- a blank reference stands for no place
{{ config(materialized='view') }}
with refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

ticket_groups as (
    select * from {{ ref('int_ticket_groups_resolved') }}
),

people_placed as (
    select * from {{ ref('int_people_placed') }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

team_locations as (
    select
        lives.team_id,
        teams.team_number,
        locations.location_number,
        lives.valid_from,
        lives.valid_to
    from {{ ref('int_team_locations') }} as lives
    inner join teams on lives.team_id = teams.team_id
    left join locations on lives.location_id = locations.location_id
),

final as (
    select
        'direct_unit' as rung,
        refs.reference,
        team_locations.team_number,
        team_locations.location_number,
        team_locations.valid_from,
        team_locations.valid_to
    from refs
    inner join team_locations on refs.canonical_ref = team_locations.team_id
    where refs.unit_level = 'team'
    union all
    select
        'ticket_group',
        ticket_groups.ticket_group_ref,
        team_locations.team_number,
        team_locations.location_number,
        greatest(ticket_groups.valid_from, team_locations.valid_from),
        least(ticket_groups.valid_to, team_locations.valid_to)
    from ticket_groups
    inner join team_locations
        on ticket_groups.team_id = team_locations.team_id
        and ticket_groups.valid_from < team_locations.valid_to
        and ticket_groups.valid_to > team_locations.valid_from
    union all
    select
        'agent',
        people_placed.id_key,
        teams.team_number,
        locations.location_number,
        people_placed.valid_from,
        people_placed.valid_to
    from people_placed
    left join teams on people_placed.team_id = teams.team_id
    left join locations on people_placed.location_id = locations.location_id
    union all
    select
        'location',
        refs.reference,
        null,
        locations.location_number,
        {{ far_past() }},
        {{ far_future() }}
    from refs
    inner join locations on refs.canonical_ref = locations.location_id
    where refs.unit_level = 'location'
    {% for rung in ['direct_unit', 'ticket_group', 'agent', 'location'] %}
    union all
    select
        '{{ rung }}',
        '',
        null,
        null,
        {{ far_past() }},
        {{ far_future() }}
    {% endfor %}
)

select * from final
