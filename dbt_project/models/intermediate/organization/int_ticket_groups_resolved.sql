-- grain: one row per ticket group as written and interval, with its team
with aliases as (
    select * from {{ ref('stg_unit_aliases') }}
    where alias_level = 'ticket_group'
),

refs as (
    select * from {{ ref('int_unit_references_resolved') }}
),

raw_refs as (
    select * from {{ source('raw', 'unit_references') }}
    where unit_level = 'ticket_group'
),

owned as (
    select
        raw_refs.reference_key,
        teams.canonical_ref as team_id,
        aliases.valid_from,
        aliases.valid_to
    from aliases
    inner join raw_refs on aliases.alias = raw_refs.reference
    inner join refs as teams
        on teams.unit_level = 'team'
        and aliases.unit_ref = teams.reference
),

final as (
    select
        raw_refs.reference as ticket_group_ref,
        owned.valid_from,
        max(owned.valid_to) as valid_to,
        min(owned.team_id) as team_id
    from raw_refs
    inner join owned on raw_refs.reference_key = owned.reference_key
    group by raw_refs.reference, owned.valid_from
    having count(distinct owned.team_id) = 1
)

select * from final
