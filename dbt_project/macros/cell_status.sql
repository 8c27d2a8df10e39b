{# released, or why the cell of a pair is not shown; `minimum` is what the pair itself asks for. #}
{% macro cell_status(cell, minimum) -%}
    case
            when {{ cell }}.unit_id is null then 'absent'
            when not {{ cell }}.is_released then {{ cell }}.reason_code
            when {{ cell }}.value is null then 'absent'
            when
                {{ minimum }} is not null
                and coalesce({{ cell }}.n_responses, 0) < {{ minimum }}
                then 'below_minimum_of_pair'
            else 'released'
        end
{%- endmacro %}
