-- grain: one row per source, voice and commented response or event
with comments as (
    select * from {{ source('raw', 'comments') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by source, voice, parent_key
            order by input desc, record_number desc
        ) as recency
    from comments
),

final as (
    select
        source,
        batch,
        voice,
        parent_key,
        language,
        redacted_text,
        n_characters,
        n_redactions
    from ranked
    where recency = 1
)

select * from final
