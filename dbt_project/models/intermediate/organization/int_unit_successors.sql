-- grain: one row per unit level, unit code and event; what the time before it counts for today
with recursive lineage as (
    select * from {{ ref('stg_unit_lineage') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

told as (
    select
        lineage.unit_level,
        befores.canonical_ref as unit_ref,
        lineage.effective_date,
        lineage.lineage_kind,
        nullif(afters.canonical_ref, befores.canonical_ref) as to_ref,
        lineage.to_ref is null as is_closed,
        lineage.share
    from lineage
    inner join refs as befores
        on lineage.unit_level = befores.unit_level
        and lineage.from_ref = befores.reference
    left join refs as afters
        on lineage.unit_level = afters.unit_level
        and lineage.to_ref = afters.reference
),

-- a unit that goes on under its code tells nothing; one that is divided, or closed, cannot be
-- carried on: which answer would have gone where is not known
judged as (
    select
        unit_level,
        unit_ref,
        effective_date,
        min(to_ref) as to_ref,
        case
            when max(case when is_closed then 1 else 0 end) = 1 then 'close'
            when count(distinct to_ref) > 1 or min(share) < 0.995 then 'split'
            else min(lineage_kind)
        end as succession
    from told
    where to_ref is not null or is_closed
    group by unit_level, unit_ref, effective_date
),

events as (
    select
        *,
        coalesce(
            lag(effective_date) over (
                partition by unit_level, unit_ref order by effective_date
            ),
            {{ far_past() }}
        ) as since_date
    from judged
),

steps as (
    select
        unit_level,
        unit_ref,
        since_date as valid_from,
        effective_date as valid_to,
        effective_date as at_date,
        case when succession in ('close', 'split') then unit_ref else to_ref end as today_ref,
        succession,
        1 as n_steps
    from events
    union all
    select
        steps.unit_level,
        steps.unit_ref,
        steps.valid_from,
        steps.valid_to,
        events.effective_date,
        case
            when events.succession in ('close', 'split') then steps.today_ref
            else events.to_ref
        end,
        events.succession,
        steps.n_steps + 1
    from steps
    inner join events
        on steps.unit_level = events.unit_level
        and steps.today_ref = events.unit_ref
        and steps.at_date > events.since_date
        and steps.at_date <= events.effective_date
    where steps.succession not in ('close', 'split') and steps.n_steps < 20
),

ranked as (
    select
        *,
        row_number() over (
            partition by unit_level, unit_ref, valid_to order by n_steps desc
        ) as step_from_the_last
    from steps
),

final as (
    select
        unit_level,
        unit_ref,
        today_ref,
        succession,
        valid_from,
        valid_to
    from ranked
    where step_from_the_last = 1
)

select * from final
