-- grain: one row per metric, period, team, location and person, of people heard more than once
with scores as (
    select * from {{ ref('int_scores') }}
),

-- most people are in a period's metric once; candidates are found by a number of eight bytes
-- (from the model, because a CTE read twice would be copied)
repeated as (
    select {{ row_hash(['metric_id', 'period_index', 'person_number']) }} as person_hash
    from {{ ref('int_scores') }}
    group by {{ row_hash(['metric_id', 'period_index', 'person_number']) }}
    having count(*) > 1
),

final as (
    select
        scores.metric_id,
        scores.period_index,
        scores.team_number,
        scores.location_number,
        scores.person_number,
        cast(count(*) as bigint) as n_responses
    from scores
    inner join repeated
        on {{ row_hash(['scores.metric_id', 'scores.period_index', 'scores.person_number']) }}
        = repeated.person_hash
    group by
        scores.metric_id,
        scores.period_index,
        scores.team_number,
        scores.location_number,
        scores.person_number
)

select * from final
