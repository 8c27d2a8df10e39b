-- grain: one row per customer metric and question it is made of
with metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
    where voice = 'customer'
),

items as (
    select * from {{ source('raw', 'declared_metric_items') }}
),

final as (
    select
        items.metric_id,
        metrics.metric_number,
        items.item_code,
        cast(dense_rank() over (order by items.item_code) as smallint) as item_number,
        metrics.metric_kind,
        metrics.top_box_from,
        metrics.direction,
        metrics.n_required,
        count(*) over (partition by items.metric_id) as n_items
    from items
    inner join metrics on items.metric_id = metrics.metric_id
)

select * from final
