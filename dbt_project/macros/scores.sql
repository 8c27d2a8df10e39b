{# Percent of maximum possible: an answer on its own scale as 0 to 100, 100 being the good end. #}
{% macro pomp(score, scale_min, scale_max, direction) %}
case
    when {{ direction }} = 'lower'
        then 100.0 * cast({{ scale_max }} - {{ score }} as double)
    else 100.0 * cast({{ score }} - {{ scale_min }} as double)
end / nullif(cast({{ scale_max }} - {{ scale_min }} as double), 0)
{% endmacro %}

{# The answer's contribution to a metric: POMP, 100 or 0 for a top box, 100, 0 or -100 for NPS.
   Where the low end of the scale is the good one, a top box holds the answers up to its limit. #}
{% macro metric_value(kind, score, top_box_from, pomp, direction) %}
case {{ kind }}
    when 'net_promoter' then
        case when {{ score }} >= 9 then 100.0 when {{ score }} >= 7 then 0.0 else -100.0 end
    when 'top_box' then
        case
            when {{ direction }} = 'lower' and {{ score }} <= {{ top_box_from }} then 100.0
            when {{ direction }} <> 'lower' and {{ score }} >= {{ top_box_from }} then 100.0
            else 0.0
        end
    else {{ pomp }}
end
{% endmacro %}
