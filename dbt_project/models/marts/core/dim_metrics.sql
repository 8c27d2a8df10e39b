-- grain: one row per metric
with metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
),

items as (
    select
        metric_id,
        count(*) as n_items
    from {{ source('raw', 'declared_metric_items') }}
    group by metric_id
),

final as (
    select
        cast(metrics.metric_id as string) as metric_id,
        cast(metrics.label as string) as metric_label,
        cast(metrics.voice as string) as voice,
        cast(metrics.metric_kind as string) as metric_kind,
        cast(items.n_items as bigint) as n_items,
        cast(metrics.n_required as bigint) as n_items_required,
        cast(metrics.value_min as double) as value_min,
        cast(metrics.value_max as double) as value_max,
        cast(metrics.definition as string) as definition
    from metrics
    inner join items on metrics.metric_id = items.metric_id
)

select * from final
