-- grain: one row per level, alias, unit and first day
with aliases as (
    select * from {{ source('raw', 'unit_aliases') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by alias_level, alias, unit_ref, valid_from
            order by input desc, record_number desc
        ) as recency
    from aliases
),

final as (
    select
        source,
        batch,
        alias_level,
        alias,
        unit_ref,
        coalesce(valid_from, {{ far_past() }}) as valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to,
        approved_by,
        approved_at
    from ranked
    where recency = 1
)

select * from final
