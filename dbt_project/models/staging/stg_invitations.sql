-- grain: one row per survey, wave and invited person
with invitations as (
    select * from {{ source('raw', 'invitations') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by survey, wave, respondent_key
            order by invited_date, input desc, record_number desc
        ) as recency
    from invitations
),

final as (
    select
        source,
        batch,
        respondent_key,
        respondent_id_type,
        survey,
        wave,
        invited_date
    from ranked
    where recency = 1
)

select * from final
