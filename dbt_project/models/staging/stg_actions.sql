-- grain: one row per source, action and unit reference
with actions as (
    select * from {{ source('raw', 'actions') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source, action_id, team_ref, location_ref
            order by input desc, record_number desc
        ) as recency
    from actions
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
    from ranked
    where recency = 1
)

select * from final
