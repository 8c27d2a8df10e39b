-- grain: one row per identifier and interval, with the employee behind it
with identifiers as (
    select * from {{ ref('stg_person_identifiers') }}
),

assignments as (
    select * from {{ ref('stg_org_assignments') }}
),

-- a survey or a ticket may carry the very identifier the assignments use
employees as (
    select distinct assignments.employee_key
    from assignments
    left join identifiers on assignments.employee_key = identifiers.id_key
    where identifiers.id_key is null
),

known as (
    select
        id_key,
        employee_key,
        valid_from,
        valid_to
    from identifiers
    where valid_from < valid_to
    union all
    select
        employee_key as id_key,
        employee_key,
        {{ far_past() }},
        {{ far_future() }}
    from employees
),

final as (
    select
        id_key,
        employee_key,
        valid_from,
        {{ end_before_next('id_key') }} as valid_to
    from known
)

select * from final
