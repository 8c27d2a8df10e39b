-- grain: one row per feedback event and question, with its unit by the best rung, as numbers
with feedback as (
    select * from {{ ref('stg_customer_feedback') }}
),

-- texts become numbers where there are few rows, never in the millions
days as (
    select
        period_days.calendar_day,
        cast(periods.period_index as int) as period_index
    from {{ ref('int_period_days') }} as period_days
    inner join {{ ref('int_periods_declared') }} as periods
        on period_days.period_id = periods.period_id
),

{% for rung in ['direct_unit', 'ticket_group', 'agent', 'location'] %}
{{ rung }} as (
    select * from {{ ref('int_references_placed') }}
    where rung = '{{ rung }}'
),

{% endfor %}
questions as (
    select distinct
        item_code,
        item_number
    from {{ ref('int_feedback_questions') }}
),

-- what each rung of the ladder finds on the day of the feedback; every join is on a unique key
rungs as (
    select
        feedback.*,
        questions.item_number,
        days.period_index,
        direct_unit.team_number as named_team,
        direct_unit.location_number as named_team_location,
        ticket_group.team_number as group_team,
        ticket_group.location_number as group_location,
        agent.team_number as agent_team,
        agent.location_number as agent_location,
        location.location_number as named_location
    from feedback
    left join questions on feedback.item_code = questions.item_code
    left join days on feedback.local_date = days.calendar_day
    {{ join_named_teams('feedback', 'feedback.local_date') }}
    left join location on coalesce(feedback.location_ref, '') = location.reference
),

final as (
    select
        item_number,
        {{ row_number_of(['source', 'feedback_id']) }} as event_number,
        case
            when customer_key is null then {{ row_number_of(['source', 'feedback_id']) }}
            else {{ row_number_of(['customer_key']) }}
        end as person_number,
        {{ row_number_of(['channel']) }} as channel_number,
        score_raw,
        -- a whole number to the engine, written twice as fast; sums are of billionths as well
        cast(score_pomp as decimal(18, 9)) as score_pomp,
        period_index,
        coalesce(named_team, group_team, agent_team) as team_number,
        -- a team at several locations is told apart by the location the feedback names
        case
            when named_team is not null then coalesce(named_team_location, named_location)
            when group_team is not null then coalesce(group_location, named_location)
            else coalesce(agent_location, named_location)
        end as location_number,
        case
            when named_team is not null then {{ number_of('direct_unit', attribution_words()) }}
            when group_team is not null then {{ number_of('ticket_group', attribution_words()) }}
            when coalesce(agent_team, agent_location) is not null
                then {{ number_of('agent', attribution_words()) }}
            when named_location is not null then {{ number_of('location', attribution_words()) }}
            else {{ number_of('none', attribution_words()) }}
        end as method_number,
        case
            when period_index is null then {{ number_of('outside_periods', remainder_words()) }}
            when
                coalesce(named_team, group_team, agent_team, agent_location, named_location)
                is not null
                then null
            when team_ref is not null
                then {{ number_of('unknown_or_closed_team', remainder_words()) }}
            when ticket_group_ref is not null
                then {{ number_of('unknown_ticket_group', remainder_words()) }}
            when agent_key is not null then {{ number_of('unknown_agent', remainder_words()) }}
            when location_ref is not null
                then {{ number_of('unknown_location', remainder_words()) }}
            else {{ number_of('no_reference', remainder_words()) }}
        end as reason_number
    from rungs
)

select * from final
