-- grain: one row per feedback event and unit that had a part in it; null: a unit nobody knows
with touches as (
    select * from {{ ref('stg_feedback_touches') }}
    where coalesce(team_ref, location_ref, agent_key, ticket_group_ref) is not null
),

feedback as (
    select distinct
        source,
        feedback_id,
        local_date,
        location_ref
    from {{ ref('stg_customer_feedback') }}
),

{% for rung in ['direct_unit', 'ticket_group', 'agent', 'location'] %}
{{ rung }} as (
    select * from {{ ref('int_references_placed') }}
    where rung = '{{ rung }}'
),

{% endfor %}
-- the ladder of whole events, for each of those who had a part
placed as (
    select
        {{ row_number_of(['feedback.source', 'feedback.feedback_id']) }} as event_number,
        coalesce(touches.share, 1) as part,
        coalesce(direct_unit.team_number, ticket_group.team_number, agent.team_number)
            as team_number,
        coalesce(
            case
                when direct_unit.team_number is not null then direct_unit.location_number
                when ticket_group.team_number is not null then ticket_group.location_number
                else agent.location_number
            end,
            location.location_number
        ) as location_number
    from touches
    inner join feedback
        on touches.feedback_source = feedback.source
        and touches.feedback_id = feedback.feedback_id
    {{ join_named_teams('touches', 'feedback.local_date') }}
    left join location
        on coalesce(touches.location_ref, feedback.location_ref) = location.reference
),

shared as (
    select
        event_number,
        team_number,
        location_number,
        part / nullif(sum(part) over (partition by event_number), 0) as share
    from placed
),

final as (
    select
        event_number,
        team_number,
        location_number,
        sum(share) as share
    from shared
    group by event_number, team_number, location_number
)

select * from final
