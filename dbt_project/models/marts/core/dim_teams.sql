-- grain: one row per team, with its latest name
with teams as (
    select * from {{ ref('int_teams_described') }}
),

final as (
    select
        cast(team_id as string) as team_id,
        cast(team_name as string) as team_name,
        cast(valid_to as date) as valid_to
    from teams
)

select * from final
