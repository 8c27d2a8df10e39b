{# The counts of a model add up to the rows of the one it was made from: nothing lost or doubled. #}
{% test accounts_for(model, rows_of, n_rows='n_rows', where='true') %}
select
    counted.n_counted,
    there.n_there
from (
    select coalesce(sum({{ n_rows }}), 0) as n_counted
    from {{ model }}
    where {{ where }}
) as counted
cross join (select count(*) as n_there from {{ rows_of }}) as there
where counted.n_counted <> there.n_there
{% endtest %}
