-- The demo company's linkage panel straight from landed Parquet: the yardstick for the dbt project.
-- Same deduplication, attribution to units and distinct people; one engine, one level, nothing kept.
-- {landing} is replaced by the landing folder.

create macro reference_key(reference) as trim(regexp_replace(
    regexp_replace(lower(reference), '[\x{2010}-\x{2014}\x{2212}]', '-', 'g'),
    '[\s\x{00A0}]+', ' ', 'g'
));

create macro landed(source, name) as table
    select * from read_parquet('{landing}/' || source || '/*/' || name || '.parquet');

-- the organisation: small
create temp table teams as
select distinct reference_key(reference) as reference, team_id
from (
    select unit_ref as reference, unit_ref as team_id, unit_level from landed('hr_units', 'units')
    union all
    select unit_name, unit_ref, unit_level from landed('hr_units', 'units')
)
where unit_level = 'team'
qualify count(distinct team_id) over (partition by reference_key(reference)) = 1;

create temp table lives as
select
    unit_ref as team_id,
    parent_ref as location_id,
    coalesce(valid_from, date '0001-01-01') as valid_from,
    coalesce(valid_to, date '9999-12-31') as valid_to
from landed('hr_units', 'units')
where unit_level = 'team';

create temp table assignments as
select
    employee_key,
    trim(team_ref) as team_id,
    trim(location_ref) as location_id,
    valid_from,
    least(
        coalesce(valid_to, date '9999-12-31'),
        coalesce(lead(valid_from) over (partition by employee_key order by valid_from),
            date '9999-12-31')
    ) as valid_to
from landed('hr_assignments', 'org_assignments');

create temp table people as
select
    id_key,
    employee_key,
    coalesce(valid_from, date '0001-01-01') as valid_from,
    least(
        coalesce(valid_to, date '9999-12-31'),
        coalesce(lead(valid_from) over (partition by id_key order by valid_from),
            date '9999-12-31')
    ) as valid_to
from landed('hr_identifiers', 'person_identifiers');

create temp table placed as
select
    p.id_key,
    p.employee_key,
    a.team_id,
    a.location_id,
    greatest(p.valid_from, a.valid_from) as valid_from,
    least(p.valid_to, a.valid_to) as valid_to
from people as p
join assignments as a
    on p.employee_key = a.employee_key
    and p.valid_from < a.valid_to
    and a.valid_from < p.valid_to;

create temp table queues as
select
    trim(alias) as ticket_group,
    l.team_id,
    l.location_id,
    greatest(coalesce(g.valid_from, date '0001-01-01'), l.valid_from) as valid_from,
    least(coalesce(g.valid_to, date '9999-12-31'), l.valid_to) as valid_to
from landed('ticket_groups', 'unit_aliases') as g
join lives as l on g.unit_ref = l.team_id;

create temp table written_teams as
select w.team_ref, l.team_id, l.location_id, l.valid_from, l.valid_to
from (
    select distinct team_ref from landed('customer_feedback', 'customer_feedback')
    where team_ref is not null
) as w
join teams as t on reference_key(w.team_ref) = t.reference
join lives as l on t.team_id = l.team_id;

-- customers: two passes over the rows
create temp table superseded as
with repeated as (
    select hash(source, feedback_id, item_code) as h
    from landed('customer_feedback', 'customer_feedback')
    group by all
    having count(*) > 1
)
select f.batch, f.record_number, f.item_code
from landed('customer_feedback', 'customer_feedback') as f
join repeated as r on hash(f.source, f.feedback_id, f.item_code) = r.h
qualify row_number() over (
    partition by f.source, f.feedback_id, f.item_code
    order by coalesce(f.updated_at, f.occurred_at) desc, f.input desc, f.record_number desc
) > 1;

create temp table customer_cells as
with attributed as (
    select
        f.item_code,
        strftime(f.local_date, '%Y-%m') as period_id,
        coalesce(t.team_id, q.team_id, a.team_id) as team_id,
        case
            when t.team_id is not null then t.location_id
            when q.team_id is not null then q.location_id
            else a.location_id
        end as location_id,
        hash(coalesce(f.customer_key, f.feedback_id)) as person,
        f.score_raw,
        case f.item_code
            when 'nps' then case when f.score_raw >= 9 then 100.0 when f.score_raw >= 7 then 0.0
                else -100.0 end
            when 'csat' then case when f.score_raw >= 4 then 100.0 else 0.0 end
            else 100.0 * (f.score_raw - f.scale_min) / (f.scale_max - f.scale_min)
        end::double as value
    from landed('customer_feedback', 'customer_feedback') as f
    anti join superseded as s
        on f.record_number = s.record_number
        and f.batch = s.batch
        and f.item_code = s.item_code
    left join written_teams as t
        on f.team_ref = t.team_ref
        and f.local_date >= t.valid_from
        and f.local_date < t.valid_to
    left join queues as q
        on f.ticket_group_ref = q.ticket_group
        and f.local_date >= q.valid_from
        and f.local_date < q.valid_to
    left join placed as a
        on f.agent_key = a.id_key
        and f.local_date >= a.valid_from
        and f.local_date < a.valid_to
    where f.score_raw is not null
        and f.local_date between date '2025-01-01' and date '2025-12-31'
)
select
    item_code,
    period_id,
    team_id || '@' || location_id as unit_id,
    count(*) as n,
    count(distinct person) as people,
    avg(value) as mean,
    var_samp(value) as variance,
    count(*) filter (where value = 100) as promoters,
    count(*) filter (where value = 0) as passives,
    count(*) filter (where value = -100) as detractors
from attributed
where team_id is not null
group by item_code, period_id, team_id, location_id;

-- employees: last complete submission, six of eight items, unit of the day
create temp table dropped as
with repeated as (
    select hash(survey, wave, respondent_key) as h
    from landed('engagement_survey', 'employee_responses')
    group by all
    having min(response_id) <> max(response_id) or count(*) > count(distinct item_code)
),

ranked as (
    select
        r.batch,
        r.record_number,
        r.item_code,
        r.response_id <> first_value(r.response_id) over (
            partition by r.survey, r.wave, r.respondent_key
            order by r.is_complete is not false desc, r.answered_at desc, r.response_id desc
        ) as lost,
        row_number() over (
            partition by r.survey, r.wave, r.respondent_key, r.response_id, r.item_code
            order by r.answered_at desc, r.input desc, r.record_number desc
        ) as recency
    from landed('engagement_survey', 'employee_responses') as r
    join repeated on hash(r.survey, r.wave, r.respondent_key) = repeated.h
)

select batch, record_number, item_code from ranked where lost or recency > 1;

create temp table employee_cells as
with scored as (
    select
        r.wave as period_id,
        r.respondent_key,
        max(r.answered_date) as answered_date,
        avg(100.0 * case when r.direction = 'lower' then r.scale_max - r.score_raw
            else r.score_raw - r.scale_min end / (r.scale_max - r.scale_min)) as value
    from landed('engagement_survey', 'employee_responses') as r
    anti join dropped as d
        on r.record_number = d.record_number
        and r.batch = d.batch
        and r.item_code = d.item_code
    where r.score_raw is not null
    group by r.survey, r.wave, r.respondent_key
    having count(*) >= 6
)
select
    s.period_id,
    p.team_id || '@' || p.location_id as unit_id,
    count(*) as n,
    count(distinct p.employee_key) as people,
    avg(s.value) as mean,
    var_samp(s.value) as variance
from scored as s
join placed as p
    on s.respondent_key = p.id_key
    and s.answered_date >= p.valid_from
    and s.answered_date < p.valid_to
group by s.period_id, p.team_id, p.location_id;

create temp table headcounts as
select
    strftime(d.day, '%Y-%m') as period_id,
    a.team_id || '@' || a.location_id as unit_id,
    count(distinct a.employee_key) as headcount
from (select last_day(date '2025-01-01' + to_months(m::int)) as day from range(12) as t(m)) as d
join assignments as a on d.day >= a.valid_from and d.day < a.valid_to
group by all;

create table linkage_panel as
with pairs as (
    select * from (values
        ('engagement__nps', 'nps'), ('engagement__csat', 'csat'), ('engagement__ease', 'ces')
    ) as v(pair_id, item_code)
),

keys as (
    select pair_id, item_code, unit_id, period_id
    from pairs cross join employee_cells
    union
    select pair_id, item_code, unit_id, period_id
    from pairs join customer_cells using (item_code)
)

select
    k.pair_id,
    k.unit_id,
    k.period_id,
    h.headcount,
    case when e.people >= 5 then e.n end as n_e,
    case when e.people >= 5 then e.mean end as mean_e,
    case when e.people >= 5 then e.variance end as var_e,
    case when c.people >= 5 then c.n end as n_c,
    case when c.people >= 5 then c.mean end as mean_c,
    case when c.people >= 5 then c.variance end as var_c,
    case when c.people >= 5 and k.item_code = 'nps' then c.promoters end as promoters,
    case when c.people >= 5 and k.item_code = 'nps' then c.passives end as passives,
    case when c.people >= 5 and k.item_code = 'nps' then c.detractors end as detractors,
    case when e.n is null then 'absent' when e.people < 5 then 'below_threshold'
        else 'released' end as x_status,
    case when c.n is null then 'absent' when c.people < 5 then 'below_threshold'
        else 'released' end as y_status
from keys as k
left join employee_cells as e using (unit_id, period_id)
left join customer_cells as c using (item_code, unit_id, period_id)
left join headcounts as h using (unit_id, period_id)
