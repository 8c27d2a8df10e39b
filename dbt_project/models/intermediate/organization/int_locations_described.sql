-- grain: one row per location, with its latest name and region
with units as (
    select * from {{ ref('stg_units') }}
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

known as (
    select distinct canonical_ref as location_id
    from refs
    where unit_level = 'location' and canonical_ref is not null
),

versions as (
    select
        unit_level,
        unit_ref,
        unit_name,
        parent_ref,
        valid_to,
        row_number() over (
            partition by unit_level, unit_ref
            order by valid_from desc
        ) as recency
    from units
),

final as (
    select
        cast(known.location_id as string) as location_id,
        cast(row_number() over (order by known.location_id) as int) as location_number,
        cast(coalesce(locations.unit_name, known.location_id) as string) as location_name,
        cast(parents.canonical_ref as string) as region_id,
        cast(coalesce(regions.unit_name, parents.canonical_ref) as string) as region_name,
        cast(coalesce(locations.valid_to, {{ far_future() }}) as date) as valid_to
    from known
    left join versions as locations
        on locations.unit_level = 'location'
        and known.location_id = locations.unit_ref
        and locations.recency = 1
    left join refs as parents
        on parents.unit_level = 'region'
        and locations.parent_ref = parents.reference
    left join versions as regions
        on regions.unit_level = 'region'
        and parents.canonical_ref = regions.unit_ref
        and regions.recency = 1
)

select * from final
