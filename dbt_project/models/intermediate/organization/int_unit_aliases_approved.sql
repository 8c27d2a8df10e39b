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

settings as (
    {{ unknown_references_setting() }}
),

known_as as (
    {{ codes_and_names() }}
),

keyed as (
    select distinct
        known_as.unit_level,
        refs.reference_key,
        known_as.canonical_ref,
        known_as.rung,
        min(known_as.rung) over (
            partition by known_as.unit_level, refs.reference_key
        ) as first_rung
    from known_as
    inner join refs
        on known_as.unit_level = refs.unit_level
        and known_as.written = refs.reference
),

-- an alias gives its unit by code or by name, in any spelling; by a name of several units it stands
-- for each, hence for none. Where units need no list it may give one that is on none
placed as (
    select
        aliases.alias_level,
        aliases.alias,
        case
            when keyed.canonical_ref is not null then keyed.canonical_ref
            when refs.is_made or settings.unknown_references = 'adopt' then refs.adopted_ref
        end as unit_ref,
        aliases.valid_from,
        aliases.valid_to
    from aliases
    cross join settings
    left join refs
        on case aliases.alias_level when 'ticket_group' then 'team' else aliases.alias_level end
        = refs.unit_level
        and aliases.unit_ref = refs.reference
    left join keyed
        on refs.unit_level = keyed.unit_level
        and refs.reference_key = keyed.reference_key
        and keyed.rung = keyed.first_rung
),

final as (
    select distinct * from placed
    where unit_ref is not null
)

select * from final
