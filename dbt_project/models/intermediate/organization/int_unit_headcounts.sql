-- grain: one row per unit and period, with the people assigned on the period's last day
with assignments as (
    select * from {{ ref('int_employee_assignments') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

units as (
    select * from {{ ref('int_units_described') }}
),

final as (
    select
        units.unit_id,
        periods.period_id,
        count(distinct assignments.employee_key) as headcount
    from periods
    inner join assignments
        on periods.period_end >= assignments.valid_from
        and periods.period_end < assignments.valid_to
    inner join units
        on assignments.location_id = units.location_id
        and (assignments.team_id = units.team_id or units.team_id is null)
    group by units.unit_id, periods.period_id
)

select * from final
