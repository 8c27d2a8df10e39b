-- grain: one row per event day, predecessor and successor
with lineage as (
    select * from {{ source('raw', 'unit_lineage') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by lineage_kind, unit_level, from_ref, to_ref, effective_date
            order by input desc, record_number desc
        ) as recency
    from lineage
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
    from ranked
    where recency = 1
)

select * from final
