-- grain: one row per unit level, unit, period and metric
with metrics as (
    select * from {{ ref('dim_metrics') }}
),

combined_scores as (
    select * from {{ ref('int_unit_scores_combined') }}
),

cells as (
    select * from {{ ref('int_unit_cells') }}
),

final as (
    select
        cast(cells.unit_level as string) as unit_level,
        cast(cells.unit_id as string) as unit_id,
        cast(cells.period_id as string) as period_id,
        cast(cells.metric_id as string) as metric_id,
        cast(metrics.voice as string) as voice,
        cast(cells.n_responses as bigint) as n_responses,
        cast(cells.n_people as bigint) as n_people,
        cast(cells.value as double) as value,
        cast(cells.value_native as double) as value_native,
        cast(cells.variance as double) as variance,
        cast(
            case when metrics.metric_kind = 'net_promoter' then cells.n_top end as bigint
        ) as promoters,
        cast(
            case
                when metrics.metric_kind = 'net_promoter'
                    then cells.n_responses - cells.n_top - cells.n_bottom
            end as bigint
        ) as passives,
        cast(
            case when metrics.metric_kind = 'net_promoter' then cells.n_bottom end as bigint
        ) as detractors,
        cast('response' as string) as grain,
        cast(false as boolean) as suppressed_at_source,
        cast(null as bigint) as n_invited
    from cells
    inner join metrics on cells.metric_id = metrics.metric_id
    union all
    -- where answers and a published score tell of one cell, the answers win
    select
        cast(combined_scores.unit_level as string),
        cast(combined_scores.unit_id as string),
        cast(combined_scores.period_id as string),
        cast(combined_scores.metric_id as string),
        cast(combined_scores.voice as string),
        cast(combined_scores.n_responses as bigint),
        cast(combined_scores.n_responses as bigint),
        cast(combined_scores.value as double),
        cast(combined_scores.value_native as double),
        cast(combined_scores.variance as double),
        cast(combined_scores.promoters as bigint),
        cast(combined_scores.passives as bigint),
        cast(combined_scores.detractors as bigint),
        cast('unit' as string),
        cast(combined_scores.suppressed_at_source as boolean),
        cast(combined_scores.n_invited as bigint)
    from combined_scores
    left join cells
        on combined_scores.unit_level = cells.unit_level
        and combined_scores.unit_id = cells.unit_id
        and combined_scores.period_id = cells.period_id
        and combined_scores.metric_id = cells.metric_id
    where cells.metric_id is null
)

select * from final
