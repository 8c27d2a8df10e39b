-- grain: one row per side, unit, voice and person
with sums as (
    select * from {{ ref('int_score_sums') }}
),

scores as (
    select * from {{ ref('int_scores') }}
),

metrics as (
    select * from {{ source('raw', 'declared_metrics') }}
),

settings as (
    {{ unit_setting() }}
),

-- a unit as two numbers; without teams the first is the same for all
seen as (
    select
        case when settings.unit = 'location' then 0 else sums.team_number end as team_number,
        sums.location_number,
        min(sums.period_index) as first_index,
        max(sums.period_index) as last_index
    from sums
    cross join settings
    where
        sums.location_number is not null
        and (settings.unit = 'location' or sums.team_number is not null)
    group by
        case when settings.unit = 'location' then 0 else sums.team_number end,
        sums.location_number
),

bounds as (
    select
        min(first_index) as first_index,
        max(last_index) as last_index
    from seen
),

-- the last two periods of units that end, the first two of units that begin: few answer each time
turning as (
    select
        seen.team_number,
        seen.location_number,
        seen.last_index as turning_index,
        seen.last_index - 1 as from_index,
        seen.last_index as to_index,
        'gone' as side
    from seen
    inner join bounds on seen.last_index < bounds.last_index
    union all
    select
        seen.team_number,
        seen.location_number,
        seen.first_index,
        seen.first_index,
        seen.first_index + 1,
        'new'
    from seen
    inner join bounds on seen.first_index > bounds.first_index
),

final as (
    select distinct
        turning.side,
        turning.team_number,
        turning.location_number,
        turning.turning_index,
        metrics.voice,
        scores.person_number
    from turning
    cross join settings
    inner join scores
        on turning.from_index <= scores.period_index
        and turning.to_index >= scores.period_index
        and turning.location_number = scores.location_number
        and (settings.unit = 'location' or turning.team_number = scores.team_number)
    inner join metrics on scores.metric_number = metrics.metric_number
)

select * from final
