-- grain: one row per outcome, period and unit reference
with outcomes as (
    {{ latest_rows(
        source('raw', 'outcomes'),
        ['outcome_code', 'period_ref', 'team_ref', 'location_ref']
    ) }}
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
    from outcomes
)

select * from final
