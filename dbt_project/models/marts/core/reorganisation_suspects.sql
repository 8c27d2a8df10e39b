-- grain: one row per vanished unit, new unit and voice
with people as (
    select * from {{ ref('int_turning_unit_people') }}
),

teams as (
    select * from {{ ref('int_teams_described') }}
),

locations as (
    select * from {{ ref('int_locations_described') }}
),

periods as (
    select * from {{ ref('int_periods_declared') }}
),

successors as (
    select * from {{ ref('int_unit_successors') }}
),

counted as (
    select
        team_number,
        location_number,
        voice,
        cast(count(*) as bigint) as n_people_before
    from people
    where side = 'gone'
    group by team_number, location_number, voice
),

pairs as (
    select
        gone.team_number as from_team,
        gone.location_number as from_location,
        gone.turning_index as last_index,
        gone.voice,
        came.team_number as to_team,
        came.location_number as to_location,
        came.turning_index as first_index,
        cast(count(*) as bigint) as n_people_shared
    from people as gone
    inner join people as came
        on gone.person_number = came.person_number
        and gone.voice = came.voice
        and gone.side = 'gone'
        and came.side = 'new'
        and gone.turning_index <= came.turning_index
        and gone.turning_index + 2 >= came.turning_index
    group by
        gone.team_number,
        gone.location_number,
        gone.turning_index,
        gone.voice,
        came.team_number,
        came.location_number,
        came.turning_index
),

final as (
    select
        cast({{ unit_id('from_teams.team_id', 'from_locations.location_id') }} as string)
            as from_unit_id,
        cast({{ unit_id('to_teams.team_id', 'to_locations.location_id') }} as string) as to_unit_id,
        cast(pairs.voice as string) as voice,
        cast(last_periods.period_id as string) as last_period_id,
        cast(first_periods.period_id as string) as first_period_id,
        cast(counted.n_people_before as bigint) as n_people_before,
        cast(pairs.n_people_shared as bigint) as n_people_shared,
        cast(
            exists (
                select 1 from successors
                where successors.unit_ref in (from_teams.team_id, from_locations.location_id)
            ) as boolean
        ) as is_declared
    from pairs
    inner join counted
        on pairs.from_team = counted.team_number
        and pairs.from_location = counted.location_number
        and pairs.voice = counted.voice
    inner join locations as from_locations on pairs.from_location = from_locations.location_number
    inner join locations as to_locations on pairs.to_location = to_locations.location_number
    left join teams as from_teams on pairs.from_team = from_teams.team_number
    left join teams as to_teams on pairs.to_team = to_teams.team_number
    inner join periods as last_periods on pairs.last_index = last_periods.period_index
    inner join periods as first_periods on pairs.first_index = first_periods.period_index
    -- three people and three in ten of the old unit: half of a split that is not heard in full
    where pairs.n_people_shared >= 3 and pairs.n_people_shared * 10 >= counted.n_people_before * 3
)

select * from final
