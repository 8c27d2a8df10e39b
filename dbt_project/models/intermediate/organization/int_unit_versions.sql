-- grain: one row per unit level, unit code and first day of a version, ended by the next list
with units as (
    {{ held_until_next_list(ref('stg_units')) }}
),

final as (
    select
        unit_level,
        unit_ref,
        unit_name,
        parent_ref,
        valid_from,
        held_to as valid_to,
        row_number() over (
            partition by unit_level, unit_ref
            order by valid_from desc
        ) as recency
    from units
)

select * from final
