-- grain: one row per level, alias, unit and first day, from sources and from the program's folder
with exported as (
    select * from {{ ref('stg_unit_aliases') }}
),

declared as (
    select * from {{ source('raw', 'declared_aliases') }}
),

refs as (
    select * from {{ ref('int_unit_references_found') }}
),

units as (
    select * from {{ ref('stg_units') }}
),

aliases as (
    select
        alias_level,
        alias,
        unit_ref,
        valid_from,
        valid_to
    from exported
    union all
    select
        alias_level,
        alias,
        unit_ref,
        {{ far_past() }},
        {{ far_future() }}
    from declared
),

-- an alias may write its unit in another spelling than the organisation does, or, where the unit is
-- on no list, than most rows do
final as (
    select
        aliases.alias_level,
        aliases.alias,
        coalesce(min(units.unit_ref), min(refs.adopted_ref), aliases.unit_ref) as unit_ref,
        aliases.valid_from,
        aliases.valid_to
    from aliases
    left join refs
        on case aliases.alias_level when 'ticket_group' then 'team' else aliases.alias_level end
        = refs.unit_level
        and aliases.unit_ref = refs.reference
    left join refs as spellings
        on refs.unit_level = spellings.unit_level
        and refs.reference_key = spellings.reference_key
    left join units
        on spellings.unit_level = units.unit_level
        and spellings.reference = units.unit_ref
    group by
        aliases.alias_level,
        aliases.alias,
        aliases.unit_ref,
        aliases.valid_from,
        aliases.valid_to
)

select * from final
