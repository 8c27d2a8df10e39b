{# The open end of an interval; intervals hold from valid_from up to, not including, valid_to. #}
{% macro far_future() %}cast('9999-12-31' as date){% endmacro %}

{# The open start of an interval. #}
{% macro far_past() %}cast('0001-01-01' as date){% endmacro %}
