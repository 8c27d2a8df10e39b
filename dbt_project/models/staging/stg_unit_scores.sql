-- grain: one row per voice, item, period, team and location
with unit_scores as (
    {{ latest_rows(
        source('raw', 'unit_scores'),
        ['voice', 'item_code', 'period_ref', 'team_ref', 'location_ref']
    ) }}
),

final as (
    select
        source,
        batch,
        input,
        record_number,
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
        coalesce(variance, std_deviation * std_deviation) as variance,
        promoters,
        passives,
        detractors,
        suppressed_at_source,
        {{ pomp('score_raw', 'scale_min', 'scale_max', 'direction') }} as score_pomp
    from unit_scores
)

select * from final
