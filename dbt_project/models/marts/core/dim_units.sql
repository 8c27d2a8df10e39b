-- grain: one row per unit (team x location; a location where the program has no teams)
with units as (
    select * from {{ ref('int_units_described') }}
),

final as (
    select
        cast(unit_id as string) as unit_id,
        cast(team_id as string) as team_id,
        cast(team_name as string) as team_name,
        cast(location_id as string) as location_id,
        cast(location_name as string) as location_name,
        cast(region_id as string) as region_id,
        cast(region_name as string) as region_name,
        cast(valid_from as date) as valid_from,
        cast(valid_to as date) as valid_to
    from units
)

select * from final
