{# The five unit levels and the column that holds the id at each. #}
{% macro unit_levels() %}
    {{ return([
        ('unit', 'unit_id'),
        ('team', 'team_id'),
        ('location', 'location_id'),
        ('region', 'region_id'),
        ('company', "'company'"),
    ]) }}
{% endmacro %}
