-- grain: one row per unit level, unit, period and survey
with invitations as (
    select * from {{ ref('int_invitations_attributed') }}
    where period_id is not null
),

submissions as (
    select * from {{ ref('int_submissions_attributed') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

settings as (
    {{ unit_setting() }}
),

people as (
    select
        invitations.survey,
        invitations.period_id,
        case
            when settings.unit = 'location' then '-'
            else coalesce(invitations.team_id, '')
        end as unit_team_id,
        invitations.team_id,
        invitations.location_id,
        locations.region_id,
        case when submissions.respondent_key is null then 0 else 1 end as has_responded
    from invitations
    cross join settings
    left join locations on invitations.location_id = locations.location_id
    left join submissions
        on invitations.survey = submissions.survey
        and invitations.wave = submissions.wave
        and invitations.respondent_key = submissions.respondent_key
),

counted as (
    select
        {{ grouped_unit_level() }} as unit_level,
        {{ grouped_unit_id() }} as unit_id,
        period_id,
        survey,
        count(*) as n_invited,
        sum(has_responded) as n_responded
    from people
    {{ group_by_unit_level(['period_id', 'survey']) }}
),

final as (
    select
        cast(unit_level as string) as unit_level,
        cast(unit_id as string) as unit_id,
        cast(period_id as string) as period_id,
        cast(survey as string) as survey,
        cast(n_invited as bigint) as n_invited,
        cast(n_responded as bigint) as n_responded,
        cast(n_responded as double) / nullif(cast(n_invited as double), 0) as response_share
    from counted
    where unit_id is not null
)

select * from final
