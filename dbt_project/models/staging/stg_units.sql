-- grain: one row per unit level, unit code and first day of a version
with units as (
    {{ latest_rows(source('raw', 'units'), ['unit_level', 'unit_ref', 'valid_from']) }}
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
    from units
)

select * from final
