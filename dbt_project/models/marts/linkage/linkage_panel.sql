-- grain: one row per measure pair, unit and closed period
with pairs as (
    select * from {{ source('raw', 'declared_pairs') }}
),

periods as (
    select * from {{ ref('periods') }}
    where is_closed
),

metrics as (
    select * from {{ ref('unit_period_metrics') }}
    where unit_level = 'unit'
),

mask as (
    select * from {{ source('marts', 'publication_mask') }}
    where unit_level = 'unit'
),

units as (
    select * from {{ ref('dim_units') }}
),

headcounts as (
    select * from {{ ref('int_unit_headcounts') }}
),

-- linkage reads only what will be released
released as (
    select
        metrics.*,
        mask.is_released,
        mask.reason_code
    from metrics
    inner join mask
        on metrics.unit_id = mask.unit_id
        and metrics.period_id = mask.period_id
        and metrics.metric_id = mask.metric_id
),

cells as (
    select
        pairs.pair_id,
        released.unit_id,
        released.period_id
    from pairs
    inner join released
        on pairs.x_metric_id = released.metric_id
        or pairs.y_metric_id = released.metric_id
    group by pairs.pair_id, released.unit_id, released.period_id
),

judged as (
    select
        pairs.pair_id,
        pairs.x_metric_id,
        pairs.y_metric_id,
        cells.unit_id,
        cells.period_id,
        x.n_responses as n_e,
        x.value as mean_e,
        x.variance as var_e,
        y.n_responses as n_c,
        y.value as mean_c,
        y.variance as var_c,
        y.promoters,
        y.passives,
        y.detractors,
        {{ cell_status('x', 'pairs.min_employee') }} as x_status,
        {{ cell_status('y', 'pairs.min_customer') }} as y_status
    from cells
    inner join pairs on cells.pair_id = pairs.pair_id
    left join released as x
        on pairs.x_metric_id = x.metric_id
        and cells.unit_id = x.unit_id
        and cells.period_id = x.period_id
    left join released as y
        on pairs.y_metric_id = y.metric_id
        and cells.unit_id = y.unit_id
        and cells.period_id = y.period_id
),

final as (
    select
        cast(judged.pair_id as string) as pair_id,
        cast(judged.x_metric_id as string) as x_metric_id,
        cast(judged.y_metric_id as string) as y_metric_id,
        cast(judged.unit_id as string) as unit_id,
        cast(units.team_id as string) as team_id,
        cast(units.location_id as string) as location_id,
        cast(units.region_id as string) as region_id,
        cast(judged.period_id as string) as period_id,
        cast(periods.period_index as bigint) as period_index,
        cast(headcounts.headcount as bigint) as headcount,
        {% for column, type in [('n_e', 'bigint'), ('mean_e', 'double'), ('var_e', 'double')] %}
        cast(case when judged.x_status = 'released' then judged.{{ column }} end as {{ type }})
            as {{ column }},
        {% endfor %}
        {% for column, type in [('n_c', 'bigint'), ('mean_c', 'double'), ('var_c', 'double'),
                                ('promoters', 'bigint'), ('passives', 'bigint'),
                                ('detractors', 'bigint')] %}
        cast(case when judged.y_status = 'released' then judged.{{ column }} end as {{ type }})
            as {{ column }},
        {% endfor %}
        cast(judged.x_status as string) as x_status,
        cast(judged.y_status as string) as y_status
    from judged
    inner join periods on judged.period_id = periods.period_id
    inner join units on judged.unit_id = units.unit_id
    left join headcounts
        on judged.unit_id = headcounts.unit_id
        and judged.period_id = headcounts.period_id
)

select * from final
