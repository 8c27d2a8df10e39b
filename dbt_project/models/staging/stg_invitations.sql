-- grain: one row per survey, wave and invited person
with invitations as (
    {{ latest_rows(
        source('raw', 'invitations'),
        ['survey', 'wave', 'respondent_key'],
        newest_first='invited_date nulls last'
    ) }}
),

final as (
    select
        source,
        batch,
        respondent_key,
        survey,
        wave,
        invited_date
    from invitations
)

select * from final
