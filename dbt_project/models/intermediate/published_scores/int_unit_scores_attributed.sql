-- grain: one row per score that came aggregated; of those that count, per voice, item, period, unit
with scores as (
    select * from {{ ref('stg_unit_scores') }}
),

waves as (
    select * from {{ source('raw', 'declared_waves') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

team_locations as (
    select * from {{ ref('int_team_locations') }}
),

days as (
    select * from {{ ref('int_period_days') }}
),

settings as (
    {{ unit_setting() }}
),

placed as (
    select
        scores.*,
        settings.unit as unit_setting,
        case when waves.wave_id is null then days.period_id else waves.period_id end as period_id,
        team_refs.canonical_ref as team_id,
        coalesce(location_refs.canonical_ref, team_locations.location_id) as location_id,
        coalesce(waves.wave_end, days.calendar_day) as last_day
    from scores
    cross join settings
    left join waves on scores.period_ref = waves.wave_id
    left join days on scores.period_ref = cast(days.calendar_day as string)
    left join refs as location_refs
        on location_refs.unit_level = 'location'
        and scores.location_ref = location_refs.reference
    left join refs as team_refs
        on team_refs.unit_level = 'team'
        and scores.team_ref = team_refs.reference
    left join team_locations
        on team_refs.canonical_ref = team_locations.team_id
        and {{ holds_on('team_locations', 'coalesce(waves.wave_end, days.calendar_day)') }}
),

levelled as (
    select
        *,
        case
            when unit_setting = 'location' and location_id is not null then 'unit'
            when team_id is not null and location_id is not null then 'unit'
            when team_ref is not null and team_id is null then 'none'
            when team_id is not null then 'team'
            when location_id is not null then 'location'
            else 'none'
        end as unit_level
    from placed
),

-- where locations are the units, a location's own score goes before those of its teams;
-- of several days in one period the last counts, and of one day what came last: a unit has one
-- score, however its references are written
ranked as (
    select
        *,
        row_number() over (
            partition by
                voice, item_code, period_id, unit_level,
                coalesce(team_id, team_ref), coalesce(location_id, location_ref)
            order by
                last_day desc, period_ref desc, input desc, record_number desc, batch desc,
                team_ref, location_ref
        ) as recency,
        max(case when team_ref is null then 1 else 0 end) over (
            partition by voice, item_code, period_id, location_id
        ) = 1 as has_own
    from levelled
),

final as (
    select
        voice,
        item_code,
        period_id,
        unit_level,
        case
            when unit_level = 'unit' and unit_setting = 'location' then location_id
            when unit_level = 'unit' then {{ unit_id('team_id', 'location_id') }}
            when unit_level = 'team' then team_id
            when unit_level = 'location' then location_id
        end as unit_id,
        team_id,
        location_id,
        score_raw,
        score_pomp,
        n_respondents,
        n_invited,
        -- a variance in units of the score's own scale, as one of 0 to 100
        variance * (100.0 / nullif(scale_max - scale_min, 0))
        * (100.0 / nullif(scale_max - scale_min, 0)) as variance,
        promoters,
        passives,
        detractors,
        suppressed_at_source,
        case
            when period_id is null then 'outside_periods'
            when unit_level = 'none' then 'unknown_unit'
            when recency > 1 then 'superseded'
            when unit_setting = 'location' and team_ref is not null and has_own then 'superseded'
        end as remainder_reason
    from ranked
)

select * from final
