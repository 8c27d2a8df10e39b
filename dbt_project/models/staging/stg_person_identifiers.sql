-- grain: one row per kind of identifier, identifier and first day
with person_identifiers as (
    {{ latest_rows(
        source('raw', 'person_identifiers'),
        ['id_type', 'id_key', 'valid_from']
    ) }}
),

final as (
    select
        source,
        batch,
        id_type,
        id_key,
        employee_key,
        coalesce(valid_from, {{ far_past() }}) as valid_from,
        coalesce(valid_to, {{ far_future() }}) as valid_to
    from person_identifiers
)

select * from final
