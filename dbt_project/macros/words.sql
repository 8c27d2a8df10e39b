{# Words of the ladder and of the remainder, in the order of their numbers. Row tables hold the
   numbers: small integers are written and grouped several times as fast as texts. #}
{% macro attribution_words() %}
    {{ return(['direct_unit', 'ticket_group', 'agent', 'location', 'none']) }}
{% endmacro %}

{# Why a row counts nowhere. #}
{% macro remainder_words() %}
    {{ return([
        'outside_periods',
        'unknown_or_closed_team',
        'unknown_ticket_group',
        'unknown_agent',
        'unknown_location',
        'no_reference',
    ]) }}
{% endmacro %}

{# The number of a word in its list; an unknown word is an error when dbt parses. #}
{% macro number_of(word, words) -%}
    cast({{ words.index(word) + 1 }} as smallint)
{%- endmacro %}

{# The word of a number in its list; null for null. #}
{% macro word_of(column, words) -%}
    case {{ column }}
        {%- for word in words %}
        when {{ loop.index }} then '{{ word }}'
        {%- endfor %}
    end
{%- endmacro %}
