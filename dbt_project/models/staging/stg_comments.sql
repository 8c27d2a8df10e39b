-- grain: one row per source, voice and commented response or event
with comments as (
    {{ latest_rows(source('raw', 'comments'), ['source', 'voice', 'parent_key']) }}
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
    from comments
)

select * from final
