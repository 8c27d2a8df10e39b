-- grain: one row per metric, period, team, location and person, of people heard more than once
with scores as (
    select * from {{ ref('int_scores') }}
),

-- most people are in a period's metric once; candidates are found by a number of eight bytes
-- (from the model, because a CTE read twice would be copied)
repeated as (
    {{ repeated_hashes(ref('int_scores'), ['metric_number', 'period_index', 'person_number']) }}
),

final as (
    select
        scores.metric_number,
        scores.period_index,
        scores.team_number,
        scores.location_number,
        scores.person_number,
        cast(count(*) as bigint) as n_responses
    from scores
    inner join repeated
        on {{ row_hash(['scores.metric_number', 'scores.period_index', 'scores.person_number']) }}
        = repeated.repeated_hash
    group by
        scores.metric_number,
        scores.period_index,
        scores.team_number,
        scores.location_number,
        scores.person_number
)

select * from final
