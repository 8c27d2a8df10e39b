{# The few expressions engines write differently; every other line of SQL runs unchanged. #}

{# A number that rows with equal columns share. It may differ between engines and is never
   stored: use it to find candidates, then compare the columns themselves. #}
{% macro row_hash(columns) %}{{ return(adapter.dispatch('row_hash')(columns)) }}{% endmacro %}

{% macro default__row_hash(columns) %}xxhash64({{ columns | join(', ') }}){% endmacro %}

{% macro duckdb__row_hash(columns) %}hash({{ columns | join(', ') }}){% endmacro %}

{# The first 60 bits of a hexadecimal key as a number: a quarter of the text's width. #}
{% macro short_key(key) %}{{ return(adapter.dispatch('short_key')(key)) }}{% endmacro %}

{% macro default__short_key(key) %}cast(conv(substr({{ key }}, 1, 15), 16, 10) as bigint){% endmacro %}

{% macro duckdb__short_key(key) %}cast('0x' || substr({{ key }}, 1, 15) as bigint){% endmacro %}

{# The days a table covers, one row each, from the first day of the relation to its last. #}
{% macro days_between(relation, first_day, last_day) %}
    select cast({{ dbt.dateadd('day', 'spine.n', 'bounds.first_day') }} as date) as calendar_day
    from (
        select
            min({{ first_day }}) as first_day,
            max({{ last_day }}) as last_day
        from {{ relation }}
    ) as bounds
    cross join range(0, 40000) as spine(n) -- noqa: disable=all
    where cast({{ dbt.dateadd('day', 'spine.n', 'bounds.first_day') }} as date) <= bounds.last_day
{% endmacro %}
