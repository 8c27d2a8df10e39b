-- grain: one row per unit level and reference, as sources write it or as managers make it
with written as (
    select * from {{ source('raw', 'unit_references') }}
),

manager_teams as (
    select * from {{ ref('int_manager_teams') }}
),

made as (
    {% for level in ['team', 'location', 'region'] %}
    {{ 'union distinct' if not loop.first }}
    select
        '{{ level }}' as unit_level,
        {{ level }}_id as reference
    from manager_teams
    where {{ level }}_id is not null
    {% endfor %}
),

found as (
    select
        unit_level,
        reference,
        reference_key,
        n_rows,
        false as is_made
    from written
    union all
    select
        made.unit_level,
        made.reference,
        made.reference as reference_key,
        0 as n_rows,
        true as is_made
    from made
    left join written
        on made.unit_level = written.unit_level
        and made.reference = written.reference
    where written.reference is null
),

-- a unit that is on no list goes by its most frequent spelling
final as (
    select
        *,
        first_value(reference) over (
            partition by unit_level, reference_key
            order by n_rows desc, reference
        ) as adopted_ref
    from found
)

select * from final
