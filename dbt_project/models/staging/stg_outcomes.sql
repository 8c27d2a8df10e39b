-- grain: one row per outcome, period and unit reference
with outcomes as (
    select * from {{ source('raw', 'outcomes') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by outcome_code, period_ref, team_ref, location_ref
            order by input desc, record_number desc
        ) as recency
    from outcomes
),

final as (
    select
        source,
        batch,
        period_ref,
        team_ref,
        location_ref,
        outcome_code,
        value
    from ranked
    where recency = 1
)

select * from final
