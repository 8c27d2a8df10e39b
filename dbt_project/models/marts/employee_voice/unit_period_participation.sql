-- grain: one row per unit level, unit, period and survey
with invitations as (
    select * from {{ ref('int_invitations_attributed') }}
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
),

units as (
    select * from {{ ref('dim_units') }}
),

people as (
    select
        invitations.survey,
        invitations.period_id,
        units.unit_id,
        invitations.team_id,
        invitations.location_id,
        units.region_id,
        case when submissions.respondent_key is null then 0 else 1 end as has_answered
    from invitations
    left join units
        on invitations.location_id = units.location_id
        and (invitations.team_id = units.team_id or units.team_id is null)
    left join submissions
        on invitations.survey = submissions.survey
        and invitations.wave = submissions.wave
        and invitations.respondent_key = submissions.respondent_key
    where invitations.period_id is not null
),

counted as (
    {% for level, id in unit_levels() %}
    select
        cast('{{ level }}' as string) as unit_level,
        cast({{ id }} as string) as unit_id,
        cast(period_id as string) as period_id,
        cast(survey as string) as survey,
        cast(count(*) as bigint) as n_invited,
        cast(sum(has_answered) as bigint) as n_responded
    from people
    where {{ id }} is not null
    group by {{ id }}, period_id, survey
    {% if not loop.last %}union all{% endif %}
    {% endfor %}
),

final as (
    select
        unit_level,
        unit_id,
        period_id,
        survey,
        n_invited,
        n_responded,
        cast(n_responded as double) / nullif(cast(n_invited as double), 0) as response_share
    from counted
)

select * from final
