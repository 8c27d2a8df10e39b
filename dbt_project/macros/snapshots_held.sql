{# The rows of a relation with `valid_to` as it turned out: a row of a snapshot holds until the next
   list of its source, which names all that are still there; any other row as it says. #}
{% macro held_until_next_list(relation) %}
    select
        told.*,
        least(told.valid_to, coalesce(lists.next_day, {{ far_future() }})) as held_to
    from {{ relation }} as told
    left join (
        select
            days.source,
            days.valid_from,
            lead(days.valid_from) over (partition by days.source order by days.valid_from)
                as next_day
        from (
            select distinct
                listed.source,
                listed.valid_from
            from {{ relation }} as listed
            inner join {{ source('raw', 'declared_sources') }} as sources
                on listed.source = sources.source
            where sources.is_snapshot and listed.valid_from < listed.valid_to
        ) as days
    ) as lists
        on told.source = lists.source
        and told.valid_from = lists.valid_from
    where told.valid_from < told.valid_to
{% endmacro %}
