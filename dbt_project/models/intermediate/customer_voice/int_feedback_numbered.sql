-- grain: one row per feedback event and question, its attribution as numbers
with feedback as (
    select * from {{ ref('int_feedback_attributed') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

-- only metrics of several questions need to know which answers are of one event
questions as (
    select
        item_code,
        item_number,
        max(n_items) as n_items_at_most
    from {{ ref('int_feedback_questions') }}
    group by item_code, item_number
),

final as (
    select
        questions.item_number,
        case when questions.n_items_at_most > 1 then feedback.event_number end as event_number,
        feedback.person_number,
        feedback.channel,
        feedback.score_raw,
        feedback.score_pomp,
        cast(periods.period_index as int) as period_index,
        teams.team_number,
        locations.location_number,
        {{ number_of('feedback.attribution_method', attribution_words()) }} as method_number,
        {{ number_of('feedback.remainder_reason', remainder_words()) }} as reason_number
    from feedback
    left join questions on feedback.item_code = questions.item_code
    left join periods on feedback.period_id = periods.period_id
    left join teams on feedback.team_id = teams.team_id
    left join locations on feedback.location_id = locations.location_id
)

select * from final
