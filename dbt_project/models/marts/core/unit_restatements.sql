-- grain: one row per unit and period that later events of the organisation are about
with units as (
    select * from {{ ref('dim_units') }}
),

periods as (
    select * from {{ ref('periods') }}
),

successors as (
    select * from {{ ref('int_unit_successors') }}
),

team_locations as (
    select * from {{ ref('int_team_locations') }}
),

homes as (
    select
        team_id,
        location_id,
        row_number() over (partition by team_id order by valid_to desc) as recency
    from team_locations
),

-- a team's history goes where the team is today, if the unit stood where the team was at home then
carried as (
    select
        units.unit_id,
        units.location_id as from_location_id,
        periods.period_id,
        coalesce(teams.today_ref, units.team_id) as team_id,
        case
            when was.location_id = units.location_id
                then coalesce(homes.location_id, units.location_id)
            else coalesce(locations.today_ref, units.location_id)
        end as location_id,
        teams.succession as team_succession,
        locations.succession as location_succession
    from units
    cross join periods
    left join successors as teams
        on teams.unit_level = 'team'
        and units.team_id = teams.unit_ref
        and {{ holds_on('teams', 'periods.period_start') }}
    left join successors as locations
        on locations.unit_level = 'location'
        and units.location_id = locations.unit_ref
        and {{ holds_on('locations', 'periods.period_start') }}
    left join team_locations as was
        on units.team_id = was.team_id
        and {{ holds_on('was', 'periods.period_start') }}
    left join homes
        on coalesce(teams.today_ref, units.team_id) = homes.team_id
        and homes.recency = 1
),

judged as (
    select
        *,
        case
            when 'close' in (team_succession, location_succession) then 'close'
            when 'split' in (team_succession, location_succession) then 'split'
            when team_succession is not null then team_succession
            when location_succession is not null then location_succession
            when location_id <> from_location_id then 'move'
        end as succession
    from carried
),

final as (
    select
        cast(unit_id as string) as unit_id,
        cast(period_id as string) as period_id,
        cast({{ unit_id('team_id', 'location_id') }} as string) as today_unit_id,
        cast(team_id as string) as team_id,
        cast(location_id as string) as location_id,
        cast(succession as string) as succession
    from judged
    where succession is not null
)

select * from final
