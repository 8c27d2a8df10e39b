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

-- a list or an alias may write what managers make
found as (
    select
        coalesce(written.unit_level, made.unit_level) as unit_level,
        coalesce(written.reference, made.reference) as reference,
        coalesce(written.reference_key, made.reference) as reference_key,
        coalesce(written.n_rows, 0) as n_rows,
        made.reference is not null as is_made
    from written
    full outer join made
        on written.unit_level = made.unit_level
        and written.reference = made.reference
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
