-- grain: one row per period, channel, location, attribution method and remainder reason
with feedback as (
    select * from {{ ref('int_feedback_attributed') }}
),

settings as (
    {{ unit_setting() }}
),

final as (
    select
        feedback.period_id,
        feedback.channel,
        feedback.location_id,
        feedback.attribution_method,
        feedback.remainder_reason,
        cast(count(*) as bigint) as n_rows,
        cast(sum(
            case
                when feedback.remainder_reason is not null or feedback.location_id is null then 0
                when settings.unit = 'location' or feedback.team_id is not null then 1
                else 0
            end
        ) as bigint) as n_rows_in_unit
    from feedback
    cross join settings
    group by
        feedback.period_id,
        feedback.channel,
        feedback.location_id,
        feedback.attribution_method,
        feedback.remainder_reason
)

select * from final
