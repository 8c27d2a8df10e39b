-- grain: one row per level, alias, unit and first day
with unit_aliases as (
    {{ latest_rows(
        source('raw', 'unit_aliases'),
        ['alias_level', 'alias', 'unit_ref', 'valid_from']
    ) }}
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
    from unit_aliases
)

select * from final
