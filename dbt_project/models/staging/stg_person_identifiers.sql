-- grain: one row per kind of identifier, identifier and first day
with identifiers as (
    select * from {{ source('raw', 'person_identifiers') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by id_type, id_key, valid_from
            order by input desc, record_number desc
        ) as recency
    from identifiers
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
    from ranked
    where recency = 1
)

select * from final
