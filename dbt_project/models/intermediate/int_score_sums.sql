-- grain: one row per metric, period, team and location (either may be unknown)
with scores as (
    select * from {{ ref('int_scores') }}
),

-- whole numbers: their sums do not depend on the order of the rows
whole as (
    select
        metric_number,
        period_index,
        team_number,
        location_number,
        {{ as_whole('value') }} as value,
        {{ as_whole('value_native') }} as value_native
    from scores
),

final as (
    select
        metric_number,
        period_index,
        team_number,
        location_number,
        cast(count(*) as bigint) as n_responses,
        cast(count(value) as bigint) as n_values,
        cast(sum(value) as decimal(38, 0)) as value_sum,
        cast(sum(value * value) as decimal(38, 0)) as value_square_sum,
        cast(sum(value_native) as decimal(38, 0)) as value_native_sum,
        cast(sum(case when value = {{ as_whole(100) }} then 1 else 0 end) as bigint) as n_top,
        cast(sum(case when value = {{ as_whole(-100) }} then 1 else 0 end) as bigint) as n_bottom
    from whole
    group by metric_number, period_index, team_number, location_number
)

select * from final
