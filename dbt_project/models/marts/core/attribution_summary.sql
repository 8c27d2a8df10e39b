-- grain: one row per voice, period, channel, attribution method and remainder reason
with feedback as (
    select
        'customer' as voice,
        coalesce(period_id, 'outside') as period_id,
        coalesce(channel, 'unknown') as channel,
        attribution_method,
        coalesce(remainder_reason, 'attributed') as remainder_reason,
        count(*) as n_rows
    from {{ ref('int_feedback_attributed') }}
    group by
        coalesce(period_id, 'outside'),
        coalesce(channel, 'unknown'),
        attribution_method,
        coalesce(remainder_reason, 'attributed')
),

submissions as (
    select
        'employee' as voice,
        coalesce(period_id, 'outside') as period_id,
        'survey' as channel,
        attribution_method,
        coalesce(remainder_reason, 'attributed') as remainder_reason,
        count(*) as n_rows
    from {{ ref('int_submissions_attributed') }}
    group by
        coalesce(period_id, 'outside'),
        attribution_method,
        coalesce(remainder_reason, 'attributed')
),

unioned as (
    select * from feedback
    union all
    select * from submissions
),

final as (
    select
        cast(voice as string) as voice,
        cast(period_id as string) as period_id,
        cast(channel as string) as channel,
        cast(attribution_method as string) as attribution_method,
        cast(remainder_reason as string) as remainder_reason,
        cast(n_rows as bigint) as n_rows
    from unioned
)

select * from final
