-- grain: one row per period
with declared as (
    select * from {{ source('raw', 'declared_periods') }}
),

final as (
    select
        cast(period_id as string) as period_id,
        cast(period_index as bigint) as period_index,
        cast(period_start as date) as period_start,
        cast(period_end as date) as period_end,
        cast(is_closed as boolean) as is_closed
    from declared
)

select * from final
