-- grain: one row per location, with its latest name and region
with locations as (
    select * from {{ ref('int_locations_described') }}
),

final as (
    select
        cast(location_id as string) as location_id,
        cast(location_name as string) as location_name,
        cast(region_id as string) as region_id,
        cast(region_name as string) as region_name,
        cast(valid_to as date) as valid_to
    from locations
)

select * from final
