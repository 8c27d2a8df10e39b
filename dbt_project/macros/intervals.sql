{# The open end of an interval; intervals hold from valid_from up to, not including, valid_to. #}
{% macro far_future() %}cast('9999-12-31' as date){% endmacro %}

{# The open start of an interval. #}
{% macro far_past() %}cast('0001-01-01' as date){% endmacro %}

{# A day lies in an interval. #}
{% macro holds_on(interval, day) -%}
    {{ day }} >= {{ interval }}.valid_from
        and {{ day }} < {{ interval }}.valid_to
{%- endmacro %}

{# The end of an interval, cut where the next of the same key begins: the later start wins. #}
{% macro end_before_next(key, relation=none) -%}
    {%- set of = relation ~ '.' if relation else '' -%}
    least(
            {{ of }}valid_to,
            coalesce(
                lead({{ of }}valid_from) over (
                    partition by {{ key }} order by {{ of }}valid_from
                ),
                {{ far_future() }}
            )
        )
{%- endmacro %}
