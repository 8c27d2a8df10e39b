{# The few expressions engines write differently; every other line of SQL runs unchanged. #}

{# A number that rows with equal columns share. It differs between engines: use it to find
   candidates and then compare the columns themselves, or to count within one build. #}
{% macro row_hash(columns) %}{{ return(adapter.dispatch('row_hash')(columns)) }}{% endmacro %}

{% macro default__row_hash(columns) %}xxhash64({{ columns | join(', ') }}){% endmacro %}

{% macro duckdb__row_hash(columns) %}hash({{ columns | join(', ') }}){% endmacro %}

{# The same as a positive bigint, for columns that only tell rows of one build apart. #}
{% macro row_number_of(columns) %}{{ return(adapter.dispatch('row_number_of')(columns)) }}{% endmacro %}

{% macro default__row_number_of(columns) -%}
    shiftrightunsigned({{ row_hash(columns) }}, 1)
{%- endmacro %}

{% macro duckdb__row_number_of(columns) %}cast({{ row_hash(columns) }} >> 1 as bigint){% endmacro %}

{# Hashes that several rows of a relation share. DuckDB sorts in half the time it takes to group as
   many groups as rows; another engine would sort them all in one place. #}
{% macro repeated_hashes(relation, columns) %}
    {{ return(adapter.dispatch('repeated_hashes')(relation, columns)) }}
{% endmacro %}

{% macro default__repeated_hashes(relation, columns) %}
    select {{ row_hash(columns) }} as repeated_hash
    from {{ relation }}
    group by {{ row_hash(columns) }}
    having count(*) > 1
{% endmacro %}

{% macro duckdb__repeated_hashes(relation, columns) %}
    select distinct row_hash as repeated_hash
    from (
        select
            row_hash,
            lag(row_hash) over (order by row_hash) as hash_before
        from (select {{ row_hash(columns) }} as row_hash from {{ relation }}) as hashed
    ) as sorted
    where row_hash = hash_before
{% endmacro %}

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
