-- grain: one row per feedback event, or per survey, wave and respondent, with a comment
with comments as (
    {{ latest_rows(source('raw', 'comments'), ['source', 'voice', 'parent_key', 'respondent_key']) }}
),

final as (
    select
        source,
        batch,
        voice,
        parent_key,
        survey,
        wave,
        respondent_key,
        language,
        redacted_text,
        n_characters,
        n_redactions,
        n_names,
        n_emails,
        n_phones,
        n_accounts,
        n_links,
        n_places,
        n_dates,
        n_numbers,
        n_codes
    from comments
)

select * from final
