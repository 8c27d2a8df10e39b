{# Teams that a row's references name on its day: directly, by its ticket group, by its agent. A blank
   reference meets a blank place: a join that finds nothing makes the engine cut its batches up. #}
{% macro join_named_teams(row, day) %}
    left join direct_unit
        on coalesce({{ row }}.team_ref, '') = direct_unit.reference
        and {{ holds_on('direct_unit', day) }}
    left join ticket_group
        on coalesce({{ row }}.ticket_group_ref, '') = ticket_group.reference
        and {{ holds_on('ticket_group', day) }}
    left join agent
        on coalesce({{ row }}.agent_key, '') = agent.reference
        and {{ holds_on('agent', day) }}
{%- endmacro %}
