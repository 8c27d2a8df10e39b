{# A code made of the key of a manager: letters only, so that no rule on numbers changes it. The
   key itself never stands in a table that is read by people. #}
{% macro manager_code(prefix, manager_key) -%}
    '{{ prefix }}-' || substr(translate(md5({{ manager_key }}), '0123456789', 'ghijklmnop'), 1, 10)
{%- endmacro %}

{# Where teams come from: named by the sources, or told by who manages whom. One row. #}
{% macro teams_setting() -%}
    select max(case when setting = 'teams' then value_text end) as teams
    from {{ source('raw', 'declared_settings') }}
{%- endmacro %}
