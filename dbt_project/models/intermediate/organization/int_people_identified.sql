-- grain: one row per kind of identifier, identifier and interval, with the employee behind it
with identifiers as (
    select * from {{ ref('stg_person_identifiers') }}
),

employees as (
    select distinct employee_key from {{ ref('stg_org_assignments') }}
),

ended as (
    select
        id_type,
        id_key,
        employee_key,
        valid_from,
        valid_to,
        lead(valid_from) over (
            partition by id_type, id_key
            order by valid_from
        ) as next_from
    from identifiers
    where valid_from < valid_to
),

-- a survey or a ticket may carry the very identifier the assignments use
same_identifier as (
    select
        employees.employee_key as id_key,
        employees.employee_key,
        {{ far_past() }} as valid_from,
        {{ far_future() }} as valid_to
    from employees
    left join identifiers on employees.employee_key = identifiers.id_key
    where identifiers.id_key is null
),

final as (
    select
        id_key,
        employee_key,
        valid_from,
        least(valid_to, coalesce(next_from, {{ far_future() }})) as valid_to
    from ended
    union all
    select * from same_identifier
)

select * from final
