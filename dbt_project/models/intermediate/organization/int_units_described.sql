-- grain: one row per unit (team x location; a location where the program has no teams)
with settings as (
    {{ unit_setting() }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

-- wherever a unit is told of; only the organisation tells since when and until when
seen as (
    select
        team_id,
        location_id,
        valid_from,
        valid_to
    from {{ ref('int_team_locations') }}
    union all
    select
        team_id,
        location_id,
        valid_from,
        valid_to
    from {{ ref('int_employee_assignments') }}
    union all
    select
        cast(null as string),
        location_id,
        cast(null as date),
        valid_to
    from locations
    union all
    select
        teams.team_id,
        locations.location_id,
        cast(null as date),
        cast(null as date)
    from (
        select distinct
            team_number,
            location_number
        from {{ ref('int_feedback_numbered') }}
    ) as numbered
    left join teams on numbered.team_number = teams.team_number
    left join locations on numbered.location_number = locations.location_number
    {% for model in ['int_submissions_attributed', 'int_unit_scores_attributed'] %}
    union all
    select distinct
        team_id,
        location_id,
        cast(null as date),
        cast(null as date)
    from {{ ref(model) }}
    {% endfor %}
),

units as (
    select
        case when settings.unit = 'team_location' then seen.team_id end as team_id,
        seen.location_id,
        coalesce(min(seen.valid_from), {{ far_past() }}) as valid_from,
        coalesce(max(seen.valid_to), {{ far_future() }}) as valid_to
    from seen
    cross join settings
    where
        seen.location_id is not null
        and (settings.unit = 'location' or seen.team_id is not null)
    group by
        case when settings.unit = 'team_location' then seen.team_id end,
        seen.location_id
),

final as (
    select
        {{ unit_id('units.team_id', 'units.location_id') }} as unit_id,
        units.team_id,
        teams.team_name,
        units.location_id,
        locations.location_name,
        locations.region_id,
        locations.region_name,
        units.valid_from,
        units.valid_to
    from units
    left join teams on units.team_id = teams.team_id
    left join locations on units.location_id = locations.location_id
)

select * from final
