{# Tables and views as one statement each, in one transaction. The adapter's own way makes a second
   relation, renames twice and drops; with DuckDB a kill leaves the old one either way. #}
{% materialization table, adapter='duckdb' %}
    {%- set target = this.incorporate(type='table') -%}
    {% do drop_unless('table', load_cached_relation(this)) %}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace table {{ target }} as
        {% if config.get('contract').enforced -%}
            {{ get_assert_columns_equivalent(compiled_code) }}
            {{ get_select_subquery(compiled_code) }}
        {%- else -%}
            {{ compiled_code }}
        {%- endif %}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{% materialization view, adapter='duckdb' %}
    {%- set target = this.incorporate(type='view') -%}
    {% do drop_unless('view', load_cached_relation(this)) %}
    {{ run_hooks(pre_hooks) }}
    {% call statement('main') -%}
        create or replace view {{ target }} as
        {{ compiled_code }}
    {%- endcall %}
    {{ run_hooks(post_hooks) }}
    {{ adapter.commit() }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}

{# DuckDB replaces a relation by one of its own kind only. #}
{% macro drop_unless(kind, existing) %}
    {% if existing is not none and existing.type != kind %}
        {{ drop_relation_if_exists(existing) }}
    {% endif %}
{% endmacro %}
