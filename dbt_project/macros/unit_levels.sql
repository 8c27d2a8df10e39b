{# The five unit levels and the columns that tell their units apart: ids, or the numbers of teams and
   locations (`by='number'`), which are grouped faster. #}
{% macro unit_levels(by='id') %}
    {{ return([
        ('unit', ['unit_team_' ~ by, 'location_' ~ by]),
        ('team', ['team_' ~ by]),
        ('location', ['location_' ~ by]),
        ('region', ['region_id']),
        ('company', []),
    ]) }}
{% endmacro %}

{# `group by` every unit level at once: each level is computed from rows. #}
{% macro group_by_unit_level(others, by='id') %}
    group by grouping sets (
        {% for _, columns in unit_levels(by) %}
        ({{ (columns + others) | join(', ') }}){{ ',' if not loop.last }}
        {% endfor %}
    )
{% endmacro %}

{# The level a group stands for, told by the columns it was grouped by. #}
{% macro grouped_unit_level(by='id') -%}
    case
        when grouping(unit_team_{{ by }}) = 0 then 'unit'
        when grouping(team_{{ by }}) = 0 then 'team'
        when grouping(location_{{ by }}) = 0 then 'location'
        when grouping(region_id) = 0 then 'region'
        else 'company'
    end
{%- endmacro %}

{# The id of the unit a group stands for; null where its rows reach no unit of that level. #}
{% macro grouped_unit_id() -%}
    case
        when grouping(unit_team_id) = 0 then
            case when unit_team_id <> '' then {{ unit_id("nullif(unit_team_id, '-')", 'location_id') }} end
        when grouping(team_id) = 0 then team_id
        when grouping(location_id) = 0 then location_id
        when grouping(region_id) = 0 then region_id
        else 'company'
    end
{%- endmacro %}
