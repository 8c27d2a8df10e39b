-- grain: one row per metric, unit and period, from scores that came aggregated
with scores as (
    select * from {{ ref('stg_unit_scores') }}
),

waves as (
    select * from {{ source('raw', 'declared_waves') }}
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
),

items as (
    select * from {{ source('raw', 'declared_metric_items') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

units as (
    select * from {{ ref('int_units_described') }}
),

placed as (
    select
        metrics.metric_id,
        metrics.voice,
        metrics.metric_kind,
        metrics.n_required,
        waves.period_id,
        units.unit_id,
        units.team_id,
        units.location_id,
        units.region_id,
        scores.item_code,
        case
            when metrics.metric_kind = 'net_promoter' then scores.score_raw
            else scores.score_pomp
        end as value,
        scores.score_raw as value_native,
        scores.n_respondents,
        scores.n_invited,
        scores.variance * (100.0 / nullif(scores.scale_max - scores.scale_min, 0))
            * (100.0 / nullif(scores.scale_max - scores.scale_min, 0)) as variance,
        scores.promoters,
        scores.passives,
        scores.detractors,
        scores.suppressed_at_source
    from scores
    inner join items on scores.item_code = items.item_code
    inner join metrics
        on items.metric_id = metrics.metric_id
        and scores.voice = metrics.voice
    inner join waves on scores.period_ref = waves.wave_id
    left join refs as team_refs
        on team_refs.unit_level = 'team'
        and scores.team_ref = team_refs.reference
    left join refs as location_refs
        on location_refs.unit_level = 'location'
        and scores.location_ref = location_refs.reference
    inner join units
        on location_refs.canonical_ref = units.location_id
        and (team_refs.canonical_ref = units.team_id or units.team_id is null)
    where waves.period_id is not null
),

final as (
    select
        metric_id,
        voice,
        period_id,
        unit_id,
        min(team_id) as team_id,
        min(location_id) as location_id,
        min(region_id) as region_id,
        case when count(value) >= n_required then avg(value) end as value,
        case when count(value) >= n_required then avg(value_native) end as value_native,
        -- a composite has as many respondents as its rarest item, and no known variance
        min(n_respondents) as n_responses,
        min(n_invited) as n_invited,
        case when count(*) = 1 then max(variance) end as variance,
        case when count(*) = 1 then max(promoters) end as promoters,
        case when count(*) = 1 then max(passives) end as passives,
        case when count(*) = 1 then max(detractors) end as detractors,
        max(case when suppressed_at_source then 1 else 0 end) = 1 as suppressed_at_source
    from placed
    group by metric_id, voice, period_id, unit_id, n_required
)

select * from final
