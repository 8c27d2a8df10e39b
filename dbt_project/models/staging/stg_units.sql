-- grain: one row per unit level, unit code and first day of a version
with units as (
    select * from {{ source('raw', 'units') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by unit_level, unit_ref, valid_from
            order by input desc, record_number desc
        ) as recency
    from units
),

final as (
    select
        source,
        batch,
        unit_level,
        unit_ref,
        unit_name,
        parent_ref,
        coalesce(valid_from, {{ far_past() }}) as valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to
    from ranked
    where recency = 1
)

select * from final
