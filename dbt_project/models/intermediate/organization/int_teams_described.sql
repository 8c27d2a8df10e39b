-- grain: one row per team, with its latest name
with versions as (
    select * from {{ ref('int_unit_versions') }}
    where unit_level = 'team' and recency = 1
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

known as (
    select distinct canonical_ref as team_id
    from refs
    where unit_level = 'team' and canonical_ref is not null
),

final as (
    select
        cast(known.team_id as string) as team_id,
        cast(row_number() over (order by known.team_id) as int) as team_number,
        cast(coalesce(versions.unit_name, known.team_id) as string) as team_name,
        cast(coalesce(versions.valid_to, {{ far_future() }}) as date) as valid_to
    from known
    left join versions on known.team_id = versions.unit_ref
)

select * from final
