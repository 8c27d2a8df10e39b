-- grain: one row per comment, with the unit its author was in or wrote about
with comments as (
    select
        *,
        {{ row_number_of(['source', 'parent_key']) }} as event_number,
        {{ row_number_of(['source', 'parent_key', 'respondent_key']) }} as comment_number
    from {{ ref('stg_comments') }}
    where redacted_text is not null
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
),

-- one question is enough to know who wrote an event's comment, when and about which unit
events as (
    select
        feedback.event_number,
        min(feedback.person_number) as person_number,
        min(feedback.period_id) as period_id,
        min(feedback.team_id) as team_id,
        min(feedback.location_id) as location_id
    from {{ ref('int_feedback_attributed') }} as feedback
    inner join comments on feedback.event_number = comments.event_number
    group by feedback.event_number
),

final as (
    select
        comments.comment_number,
        comments.voice,
        submissions.person_number,
        submissions.period_id,
        submissions.team_id,
        submissions.location_id,
        comments.redacted_text
    from comments
    inner join submissions
        on comments.survey = submissions.survey
        and comments.wave = submissions.wave
        and comments.respondent_key = submissions.respondent_key
    where comments.voice = 'employee'
    union all
    select
        comments.comment_number,
        comments.voice,
        events.person_number,
        events.period_id,
        events.team_id,
        events.location_id,
        comments.redacted_text
    from comments
    inner join events on comments.event_number = events.event_number
    where comments.voice = 'customer'
)

select * from final
