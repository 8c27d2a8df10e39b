{# The sum of a group's numbers; null where one is not told. #}
{% macro sum_of_all(number) -%}
    case when count({{ number }}) = count(*) then sum({{ number }}) end
{%- endmacro %}

{# One score of several groups of people, weighted by answers; null where any is not known. #}
{% macro joined_score(score) -%}
    case
        when count(*) = 1 then max({{ score }})
        when count({{ score }}) = count(*) and count(n_respondents) = count(*)
            then {{ mean_of_whole('sum(' ~ as_whole(score) ~ ' * n_respondents)', 'sum(n_respondents)') }}
    end
{%- endmacro %}
