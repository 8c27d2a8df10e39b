-- grain: one row per period, channel, location, attribution method and remainder reason
with feedback as (
    select
        period_index,
        channel_number,
        location_number,
        case when team_number is null then 0 else 1 end as has_team,
        method_number,
        reason_number,
        cast(count(*) as bigint) as n_rows
    from {{ ref('int_feedback_numbered') }}
    group by
        period_index,
        channel_number,
        location_number,
        case when team_number is null then 0 else 1 end,
        method_number,
        reason_number
),

channels as (
    select * from {{ ref('stg_feedback_channels') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

settings as (
    {{ unit_setting() }}
),

final as (
    select
        periods.period_id,
        channels.channel,
        locations.location_id,
        {{ word_of('feedback.method_number', attribution_words()) }} as attribution_method,
        {{ word_of('feedback.reason_number', remainder_words()) }} as remainder_reason,
        cast(sum(feedback.n_rows) as bigint) as n_rows,
        cast(sum(
            case
                when feedback.reason_number is not null or locations.location_id is null then 0
                when settings.unit = 'location' or feedback.has_team = 1 then feedback.n_rows
                else 0
            end
        ) as bigint) as n_rows_in_unit
    from feedback
    cross join settings
    left join channels on feedback.channel_number = channels.channel_number
    left join periods on feedback.period_index = periods.period_index
    left join locations on feedback.location_number = locations.location_number
    group by
        periods.period_id,
        channels.channel,
        locations.location_id,
        feedback.method_number,
        feedback.reason_number
)

select * from final
