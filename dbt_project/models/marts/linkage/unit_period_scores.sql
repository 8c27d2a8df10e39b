-- grain: one row per unit and closed period, both voices of the primary pair side by side
with pairs as (
    select * from {{ source('raw', 'declared_pairs') }}
    where is_primary
),

panel as (
    select * from {{ ref('linkage_panel') }}
),

units as (
    select * from {{ ref('dim_units') }}
),

periods as (
    select * from {{ ref('periods') }}
),

metrics as (
    select * from {{ ref('unit_period_metrics') }}
    where unit_level = 'unit'
),

participation as (
    select
        unit_id,
        period_id,
        sum(n_invited) as n_invited,
        sum(n_responded) as n_responded
    from {{ ref('unit_period_participation') }}
    where unit_level = 'unit'
    group by unit_id, period_id
),

-- of the feedback known to come from the location, how much reaches one of its units
coverage as (
    select
        location_id,
        period_id,
        cast(sum(n_rows_in_unit) as double)
        / nullif(cast(sum(n_rows) as double), 0) as attributed_share
    from {{ ref('int_feedback_counted') }}
    where location_id is not null and remainder_reason is null
    group by location_id, period_id
),

final as (
    select
        cast(panel.unit_id as string) as unit_id,
        cast(units.team_id as string) as team_id,
        cast(units.team_name as string) as team_name,
        cast(units.location_id as string) as location_id,
        cast(units.location_name as string) as location_name,
        cast(units.region_id as string) as region_id,
        cast(units.region_name as string) as region_name,
        cast(panel.period_id as string) as period_id,
        cast(periods.period_start as date) as period_start,
        cast(periods.period_end as date) as period_end,
        cast(panel.x_metric_id as string) as employee_metric_id,
        cast(panel.mean_e as double) as employee_score,
        cast(panel.n_e as bigint) as n_employee_responses,
        cast(panel.x_status as string) as employee_reason_code,
        cast(panel.y_metric_id as string) as customer_metric_id,
        cast(panel.mean_c as double) as customer_score,
        cast(panel.n_c as bigint) as n_customer_responses,
        cast(panel.y_status as string) as customer_reason_code,
        cast(
            case
                when panel.x_status = 'released' then coalesce(
                        cast(participation.n_responded as double)
                        / nullif(cast(participation.n_invited as double), 0),
                        cast(metrics.n_responses as double)
                        / nullif(cast(metrics.n_invited as double), 0)
                    )
            end as double
        ) as response_share,
        cast(panel.headcount as bigint) as headcount,
        cast(coverage.attributed_share as double) as attributed_share
    from panel
    inner join pairs on panel.pair_id = pairs.pair_id
    inner join units on panel.unit_id = units.unit_id
    inner join periods on panel.period_id = periods.period_id
    left join metrics
        on panel.unit_id = metrics.unit_id
        and panel.period_id = metrics.period_id
        and panel.x_metric_id = metrics.metric_id
    left join participation
        on panel.unit_id = participation.unit_id
        and panel.period_id = participation.period_id
    left join coverage
        on units.location_id = coverage.location_id
        and panel.period_id = coverage.period_id
)

select * from final
