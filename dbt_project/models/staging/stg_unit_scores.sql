-- grain: one row per voice, item, period, team and location
with scores as (
    select * from {{ source('raw', 'unit_scores') }}
),

ranked as (
    select
        *,
        row_number() over (
            partition by voice, item_code, period_ref, team_ref, location_ref
            order by input desc, record_number desc
        ) as recency
    from scores
),

final as (
    select
        source,
        batch,
        period_ref,
        team_ref,
        location_ref,
        voice,
        item_code,
        score_raw,
        scale_min,
        scale_max,
        direction,
        n_respondents,
        n_invited,
        variance,
        promoters,
        passives,
        detractors,
        suppressed_at_source,
        {{ pomp('score_raw', 'scale_min', 'scale_max', 'direction') }} as score_pomp
    from ranked
    where recency = 1
)

select * from final
