-- grain: one row per employee and interval as HR tells it; intervals of one employee never overlap
with assignments as (
    {{ held_until_next_list(ref('stg_org_assignments')) }}
),

final as (
    select
        source,
        input,
        record_number,
        employee_key,
        team_ref,
        location_ref,
        manager_key,
        gender,
        age_band,
        tenure_band,
        job_level,
        employment,
        valid_from,
        held_to as told_to,
        least(
            held_to,
            coalesce(
                lead(valid_from) over (partition by employee_key order by valid_from),
                {{ far_future() }}
            )
        ) as valid_to
    from assignments
)

select * from final
