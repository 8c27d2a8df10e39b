-- grain: one row per employee and first day of an assignment
with org_assignments as (
    {{ latest_rows(source('raw', 'org_assignments'), ['employee_key', 'valid_from']) }}
),

final as (
    select
        source,
        batch,
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
        coalesce(valid_from, {{ far_past() }}) as valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to
    from org_assignments
)

select * from final
