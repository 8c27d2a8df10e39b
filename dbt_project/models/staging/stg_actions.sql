-- grain: one row per source, action and unit reference
with actions as (
    {{ latest_rows(
        source('raw', 'actions'),
        ['source', 'action_id', 'team_ref', 'location_ref']
    ) }}
),

final as (
    select
        source,
        batch,
        action_id,
        action_kind,
        team_ref,
        location_ref,
        coalesce(valid_from, {{ far_past() }}) as valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to
    from actions
)

select * from final
