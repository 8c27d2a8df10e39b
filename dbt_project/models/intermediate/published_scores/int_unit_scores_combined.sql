-- grain: one row per metric, unit level, unit and period, from scores that came aggregated
with scores as (
    select * from {{ ref('int_unit_scores_attributed') }}
    where remainder_reason is null
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
),

items as (
    select * from {{ source('raw', 'declared_metric_items') }}
),

valued as (
    select
        scores.*,
        metrics.metric_id,
        metrics.n_required,
        case
            when metrics.metric_kind = 'net_promoter' then scores.score_raw
            else scores.score_pomp
        end as value
    from scores
    inner join items on scores.item_code = items.item_code
    inner join metrics
        on items.metric_id = metrics.metric_id
        and scores.voice = metrics.voice
),

-- scores of several teams make their location's only together: weighted by answers, all of them told
of_items as (
    select
        metric_id,
        unit_level,
        unit_id,
        period_id,
        voice,
        n_required,
        item_code,
        {{ joined_score('value') }} as value,
        {{ joined_score('score_raw') }} as score_raw,
        {{ sum_of_all('n_respondents') }} as n_respondents,
        {{ sum_of_all('n_invited') }} as n_invited,
        case when count(*) = 1 then max(variance) end as variance,
        {{ sum_of_all('promoters') }} as promoters,
        {{ sum_of_all('passives') }} as passives,
        {{ sum_of_all('detractors') }} as detractors,
        max(case when suppressed_at_source then 1 else 0 end) = 1 as suppressed_at_source
    from valued
    group by metric_id, unit_level, unit_id, period_id, voice, n_required, item_code
),

final as (
    select
        metric_id,
        unit_level,
        unit_id,
        period_id,
        voice,
        case when count(value) >= n_required then {{ exact_mean('value') }} end as value,
        case when count(value) >= n_required then {{ exact_mean('score_raw') }} end as value_native,
        -- a composite has as many respondents as its rarest item, and no known variance
        min(n_respondents) as n_responses,
        min(n_invited) as n_invited,
        case when count(*) = 1 then max(variance) end as variance,
        case when count(*) = 1 then max(promoters) end as promoters,
        case when count(*) = 1 then max(passives) end as passives,
        case when count(*) = 1 then max(detractors) end as detractors,
        max(case when suppressed_at_source then 1 else 0 end) = 1 as suppressed_at_source
    from of_items
    group by metric_id, unit_level, unit_id, period_id, voice, n_required
)

select * from final
