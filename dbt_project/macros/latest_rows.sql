{# One row per key: the one that came last, by `newest_first` and then by where it stood. #}
{% macro latest_rows(relation, key, newest_first=none) %}
    select *
    from (
        select
            *,
            row_number() over (
                partition by {{ key | join(', ') }}
                order by
                    {% if newest_first %}{{ newest_first }},{% endif %}
                    input desc, record_number desc, batch desc
            ) as recency
        from {{ relation }}
    ) as ranked
    where recency = 1
{% endmacro %}
