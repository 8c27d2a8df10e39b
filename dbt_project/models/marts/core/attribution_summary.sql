-- grain: one row per voice, period, channel, attribution method and remainder reason
with feedback as (
    select * from {{ ref('int_feedback_counted') }}
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
),

unit_scores as (
    select * from {{ ref('int_unit_scores_attributed') }}
),

settings as (
    {{ unit_setting() }}
),

unioned as (
    select
        'customer' as voice,
        period_id,
        coalesce(channel, 'unknown') as channel,
        attribution_method,
        remainder_reason,
        n_rows,
        n_rows_in_unit
    from feedback
    union all
    select
        'employee',
        submissions.period_id,
        'survey',
        submissions.attribution_method,
        submissions.remainder_reason,
        1,
        case
            when submissions.remainder_reason is not null or submissions.location_id is null then 0
            when settings.unit = 'location' or submissions.team_id is not null then 1
            else 0
        end
    from submissions
    cross join settings
    union all
    select
        voice,
        period_id,
        'published_score',
        case when unit_level = 'none' then 'none' else 'direct_unit' end,
        remainder_reason,
        1,
        case when unit_level = 'unit' and remainder_reason is null then 1 else 0 end
    from unit_scores
),

final as (
    select
        cast(voice as string) as voice,
        cast(coalesce(period_id, 'outside') as string) as period_id,
        cast(channel as string) as channel,
        cast(attribution_method as string) as attribution_method,
        cast(coalesce(remainder_reason, 'attributed') as string) as remainder_reason,
        cast(sum(n_rows) as bigint) as n_rows,
        cast(sum(n_rows_in_unit) as bigint) as n_rows_in_unit
    from unioned
    group by
        voice,
        coalesce(period_id, 'outside'),
        channel,
        attribution_method,
        coalesce(remainder_reason, 'attributed')
)

select * from final
