-- grain: one row per employee and first day of an assignment
with assignments as (
    select * from {{ source('raw', 'org_assignments') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by employee_key, valid_from
            order by input desc, record_number desc
        ) as recency
    from assignments
),

final as (
    select
        source,
        batch,
        employee_key,
        team_ref,
        location_ref,
        manager_key,
        coalesce(valid_from, {{ far_past() }}) as valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to
    from ranked
    where recency = 1
)

select * from final
