-- grain: one row per unit level, unit, period and metric
with employee as (
    select * from {{ ref('int_respondent_scores') }}
),

customer as (
    select * from {{ ref('int_feedback_scores') }}
),

published_scores as (
    select * from {{ ref('int_unit_scores_attributed') }}
),

metrics as (
    select * from {{ ref('dim_metrics') }}
),

-- each level is computed from rows, never from other cells
from_rows as (
    {% for level, id in unit_levels() %}
    {{ aggregate_scores('employee', 'employee', level, id) }}
    union all
    {{ aggregate_scores('customer', 'customer', level, id) }}
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        from_rows.unit_level,
        from_rows.unit_id,
        from_rows.period_id,
        from_rows.metric_id,
        from_rows.voice,
        from_rows.n_responses,
        from_rows.n_people,
        from_rows.value,
        from_rows.value_native,
        from_rows.variance,
        case when metrics.metric_kind = 'net_promoter' then from_rows.n_top end as promoters,
        case
            when metrics.metric_kind = 'net_promoter'
                then from_rows.n_responses - from_rows.n_top - from_rows.n_bottom
        end as passives,
        case when metrics.metric_kind = 'net_promoter' then from_rows.n_bottom end as detractors,
        cast('response' as string) as grain,
        cast(false as boolean) as suppressed_at_source
    from from_rows
    inner join metrics on from_rows.metric_id = metrics.metric_id
    union all
    select
        cast('unit' as string),
        cast(unit_id as string),
        cast(period_id as string),
        cast(metric_id as string),
        cast(voice as string),
        cast(n_responses as bigint),
        cast(n_responses as bigint),
        cast(value as double),
        cast(value_native as double),
        cast(variance as double),
        cast(promoters as bigint),
        cast(passives as bigint),
        cast(detractors as bigint),
        cast('unit' as string),
        cast(suppressed_at_source as boolean)
    from published_scores
)

select * from final
