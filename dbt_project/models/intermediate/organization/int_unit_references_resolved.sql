-- grain: one row per unit level and reference, with the unit it stands for
with refs as (
    select * from {{ ref('int_unit_references_found') }}
),

units as (
    select * from {{ ref('stg_units') }}
),

aliases as (
    select * from {{ ref('int_unit_aliases_approved') }}
),

settings as (
    {{ unknown_references_setting() }}
),

known_as as (
    {{ codes_and_names() }}
    union all
    select
        alias_level,
        alias,
        unit_ref,
        3,
        'alias'
    from aliases
    where alias_level <> 'ticket_group'
),

keyed as (
    select
        known_as.unit_level,
        refs.reference_key,
        known_as.rung,
        min(known_as.resolution) as resolution,
        min(known_as.canonical_ref) as canonical_ref,
        count(distinct known_as.canonical_ref) as n_units
    from known_as
    inner join refs
        on known_as.unit_level = refs.unit_level
        and known_as.written = refs.reference
    group by known_as.unit_level, refs.reference_key, known_as.rung
),

-- a name of several units is settled by an alias
best as (
    select
        *,
        row_number() over (
            partition by unit_level, reference_key
            order by case when resolution = 'name' and n_units > 1 then 4 else rung end
        ) as preference
    from keyed
),

final as (
    select
        refs.unit_level,
        refs.reference,
        refs.reference_key,
        case
            when best.n_units = 1 then best.canonical_ref
            when
                best.n_units is null
                and (refs.is_made or settings.unknown_references = 'adopt')
                then refs.adopted_ref
        end as canonical_ref,
        case
            when best.n_units = 1 then best.resolution
            when best.n_units > 1 then 'ambiguous'
            when refs.is_made or settings.unknown_references = 'adopt' then 'adopted'
            else 'unknown'
        end as resolution
    from refs
    cross join settings
    left join best
        on refs.unit_level = best.unit_level
        and refs.reference_key = best.reference_key
        and best.preference = 1
)

select * from final
