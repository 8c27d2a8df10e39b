{# Scores as whole numbers of a billionth, so that sums are exact and the same whatever the order in
   which an engine adds them. A decimal of 38 digits holds the sums below for 90 million answers to
   one metric in one period. #}
{% macro as_whole(score) %}cast(round(1000000000.0 * {{ score }}) as decimal(19, 0)){% endmacro %}

{# Mean of scores summed as whole numbers. #}
{% macro mean_of_whole(total, n) -%}
    cast({{ total }} as double) / 1000000000.0 / nullif(cast({{ n }} as double), 0)
{%- endmacro %}

{# Sample variance from whole sums; the numerator is exact, so equal scores have variance 0. #}
{% macro variance_of_whole(total, squares, n) -%}
    cast(
            cast({{ n }} as decimal(38, 0)) * {{ squares }} - {{ total }} * {{ total }} as double
        ) / 1000000000000000000.0
        / nullif(cast({{ n }} as double) * cast({{ n }} - 1 as double), 0)
{%- endmacro %}

{# Mean of a group's scores by an exact sum; scores that are missing do not count. #}
{% macro exact_mean(score) -%}
    {{ mean_of_whole('sum(' ~ as_whole('(' ~ score ~ ')') ~ ')', 'count(' ~ score ~ ')') }}
{%- endmacro %}
