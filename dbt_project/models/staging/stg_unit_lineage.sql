-- grain: one row per event day, predecessor and successor
with unit_lineage as (
    {{ latest_rows(
        source('raw', 'unit_lineage'),
        ['lineage_kind', 'unit_level', 'from_ref', 'to_ref', 'effective_date']
    ) }}
),

final as (
    select
        source,
        batch,
        lineage_kind,
        unit_level,
        from_ref,
        to_ref,
        effective_date,
        coalesce(share, cast(1 as double)) as share
    from unit_lineage
)

select * from final
