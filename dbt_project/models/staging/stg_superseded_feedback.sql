-- grain: one row per feedback answer that another replaces
-- a table, because each reader of the answers would find these rows anew
{{ config(materialized='table') }}
-- few events come twice, so only these are ranked
with repeated as (
    {{ repeated_hashes(source('raw', 'customer_feedback'),
                       ['source', 'feedback_id', 'item_code']) }}
),

ranked as (
    select
        versions.batch,
        versions.record_number,
        versions.item_code,
        rank() over (
            partition by versions.source, versions.feedback_id, versions.item_code
            order by
                coalesce(versions.updated_at, versions.occurred_at) desc nulls last,
                versions.input desc,
                versions.record_number desc
        ) as recency
    from {{ source('raw', 'customer_feedback') }} as versions
    inner join repeated
        on {{ row_hash(['versions.source', 'versions.feedback_id', 'versions.item_code']) }}
        = repeated.repeated_hash
),

final as (
    select
        batch,
        record_number,
        item_code
    from ranked
    where recency > 1
)

select * from final
