-- grain: one row per location, with its latest name and region
with versions as (
    select * from {{ ref('int_unit_versions') }}
    where recency = 1
),

manager_teams as (
    select * from {{ ref('int_manager_teams') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

known as (
    select distinct canonical_ref as location_id
    from refs
    where unit_level = 'location' and canonical_ref is not null
),

-- where managers make the locations, the latest division of each
divisions as (
    select
        location_id,
        region_id,
        row_number() over (
            partition by location_id
            order by valid_to desc, region_id asc
        ) as recency
    from manager_teams
    where location_id is not null
),

final as (
    select
        cast(known.location_id as string) as location_id,
        cast(row_number() over (order by known.location_id) as int) as location_number,
        cast(coalesce(locations.unit_name, known.location_id) as string) as location_name,
        cast(coalesce(parents.canonical_ref, divisions.region_id) as string) as region_id,
        cast(coalesce(regions.unit_name, parents.canonical_ref, divisions.region_id) as string)
            as region_name,
        cast(coalesce(locations.valid_to, {{ far_future() }}) as date) as valid_to
    from known
    left join versions as locations
        on locations.unit_level = 'location'
        and known.location_id = locations.unit_ref
    left join refs as parents
        on parents.unit_level = 'region'
        and locations.parent_ref = parents.reference
    left join divisions
        on known.location_id = divisions.location_id
        and divisions.recency = 1
    left join versions as regions
        on regions.unit_level = 'region'
        and coalesce(parents.canonical_ref, divisions.region_id) = regions.unit_ref
)

select * from final
