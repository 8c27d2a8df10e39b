{# The id of a unit: team@location, or the location where there is no team. #}
{% macro unit_id(team, location) -%}
    case
        when {{ team }} is null then {{ location }}
        else {{ team }} || '@' || {{ location }}
    end
{%- endmacro %}

{# What the program calls a unit: team_location or location. One row. #}
{% macro unit_setting() -%}
    select max(case when setting = 'unit' then value_text end) as unit
    from {{ source('raw', 'declared_settings') }}
{%- endmacro %}

{# What becomes of a name that is on no list: count or adopt. One row. #}
{% macro unknown_references_setting() -%}
    select max(case when setting = 'unknown_references' then value_text end) as unknown_references
    from {{ source('raw', 'declared_settings') }}
{%- endmacro %}

{# What the listed units are called, of the CTE `units`: their codes, which go first, and names. #}
{% macro codes_and_names() -%}
    select
        unit_level,
        unit_ref as written,
        unit_ref as canonical_ref,
        1 as rung,
        'code' as resolution
    from units
    union all
    select
        unit_level,
        unit_name,
        unit_ref,
        2,
        'name'
    from units
    where unit_name is not null
{%- endmacro %}
