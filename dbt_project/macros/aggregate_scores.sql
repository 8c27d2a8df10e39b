{# Scored rows of one voice as cells of one unit level. #}
{% macro aggregate_scores(relation, voice, level, id) %}
    select
        cast('{{ level }}' as string) as unit_level,
        cast({{ id }} as string) as unit_id,
        cast(period_id as string) as period_id,
        cast(metric_id as string) as metric_id,
        cast('{{ voice }}' as string) as voice,
        cast(count(*) as bigint) as n_responses,
        cast(count(distinct person_key) as bigint) as n_people,
        cast(avg(value) as double) as value,
        cast(avg(value_native) as double) as value_native,
        cast(var_samp(value) as double) as variance,
        cast(sum(case when value = 100 then 1 else 0 end) as bigint) as n_top,
        cast(sum(case when value = -100 then 1 else 0 end) as bigint) as n_bottom
    from {{ relation }}
    where {{ id }} is not null
    group by {{ id }}, period_id, metric_id
{% endmacro %}
