-- grain: one row per day of any period, with its period
with periods as (
    select * from {{ ref('int_periods_declared') }}
),

days as (
    {{ days_between(ref('int_periods_declared'), 'period_start', 'period_end') }}
),

final as (
    select
        days.calendar_day,
        periods.period_id
    from days
    inner join periods
        on days.calendar_day >= periods.period_start
        and days.calendar_day <= periods.period_end
)

select * from final
