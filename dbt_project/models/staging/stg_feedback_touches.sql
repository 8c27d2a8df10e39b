-- grain: one row per feedback event and team, agent or group that had a part in it
with feedback_touches as (
    {{ latest_rows(
        source('raw', 'feedback_touches'),
        ['feedback_source', 'feedback_id', 'team_ref', 'location_ref', 'agent_key',
         'ticket_group_ref']
    ) }}
),

final as (
    select
        source,
        batch,
        feedback_source,
        feedback_id,
        team_ref,
        location_ref,
        agent_key,
        ticket_group_ref,
        share
    from feedback_touches
)

select * from final
