-- Marts on which every check passes: 24 units, two periods, one pair; the last unit is too small.

insert into raw.declared_settings values
  ('unit', 'team_location'), ('suppression', 'thresholds'),
  ('threshold_employee', '5'), ('threshold_customer', '5'), ('title', 'Made up'),
  ('max_unattributed_share', '0.6'), ('max_unattributed_rise', '0.1'),
  ('today', '2024-03-01'),
  ('last_unattributed_share_customer', '0.1'), ('threshold_comments', '10');
insert into raw.feedback_forms values (['nps'], 100);
insert into raw.declared_pairs values ('engagement__nps', 'engagement', 'nps', true);

create table marts.periods as
select period_id, period_index, period_start, period_end, is_closed from raw.declared_periods;

create table marts.dim_units as
select 'u' || u as unit_id, 't' || u as team_id, 'Team ' || u as team_name,
  'l' || (u % 4) as location_id, 'Location ' || (u % 4) as location_name,
  'r0' as region_id, 'North' as region_name,
  date '2020-01-01' as valid_from, date '9999-12-31' as valid_to
from range(24) as a(u);
create table marts.dim_teams as
select team_id, team_name, valid_to from marts.dim_units;
create table intermediate.int_feedback_shares as
select e as event_number, 't' || t as team_id, 0.5 as share from range(3) as a(e), range(2) as b(t);
create table intermediate.int_manager_teams as
select team_id, 'b1' as location_id from marts.dim_teams;
create table marts.dim_locations as
select distinct location_id, location_name, region_id, region_name, valid_to
from marts.dim_units;

create table marts.dim_metrics (
  metric_id varchar, metric_label varchar, voice varchar, metric_kind varchar, n_items bigint,
  n_items_required bigint, value_min double, value_max double, definition varchar
);
insert into marts.dim_metrics values
  ('engagement', 'Engagement', 'employee', 'mean', 2, 1, 0, 100, ''),
  ('nps', 'Net promoter score', 'customer', 'net_promoter', 1, 1, -100, 100, '');

-- who agrees with one item of engagement agrees with the other
create table staging.stg_employee_responses as
select 'survey' as source, 'pulse' as survey, '2024-0' || w as wave, 'p' || r as respondent_key,
  'q' || i as item_code, 25.0 * least(4, r % 5 + i // 2) as score_pomp
from range(30) as a(r), range(1, 3) as b(w), range(1, 3) as c(i);

create table marts.unit_period_metrics (
  unit_level varchar, unit_id varchar, period_id varchar, metric_id varchar, voice varchar,
  n_responses bigint, n_people bigint, value double, value_native double, variance double,
  promoters bigint, passives bigint, detractors bigint, grain varchar,
  suppressed_at_source boolean
);
insert into marts.unit_period_metrics by name
select 'unit' as unit_level, 'u' || u as unit_id, period_id, 'engagement' as metric_id,
  'employee' as voice, case when u = 23 then 3 else 12 end as n_responses,
  n_responses as n_people, 60 + u % 5 as value, 3.5 as value_native, 100 as variance,
  'response' as grain, false as suppressed_at_source
from range(24) as a(u), marts.periods
union all by name
select 'unit' as unit_level, 'u' || u as unit_id, period_id, 'nps' as metric_id,
  'customer' as voice, 20 as n_responses, 18 as n_people, 30 as value, 8.0 as value_native,
  3000 as variance, 10 as promoters, 6 as passives, 4 as detractors, 'response' as grain,
  false as suppressed_at_source
from range(24) as a(u), marts.periods;
-- feedback that names only a store counts from location upward: five more answers in each
insert into marts.unit_period_metrics by name
select 'location' as unit_level, u.location_id as unit_id, m.period_id, m.metric_id, m.voice,
  sum(n_responses) + case m.voice when 'customer' then 5 else 0 end as n_responses,
  sum(n_people) as n_people, avg(value) as value, avg(value_native) as value_native,
  avg(variance) as variance, 'response' as grain, false as suppressed_at_source
from marts.unit_period_metrics as m join marts.dim_units as u on m.unit_id = u.unit_id
group by u.location_id, m.period_id, m.metric_id, m.voice;
insert into marts.unit_period_metrics by name
select 'company' as unit_level, 'company' as unit_id, period_id, metric_id, voice,
  sum(n_responses) as n_responses, sum(n_people) as n_people, avg(value) as value,
  avg(value_native) as value_native, avg(variance) as variance, 'response' as grain,
  false as suppressed_at_source
from marts.unit_period_metrics where unit_level = 'location'
group by period_id, metric_id, voice;

create table marts.unit_period_participation as
select 'unit' as unit_level, 'u' || u as unit_id, period_id, 'pulse' as survey,
  20 as n_invited, case when u = 23 then 3 else 12 end as n_responded,
  cast(n_responded / 20.0 as double) as response_share
from range(24) as a(u), marts.periods
union all
select 'company', 'company', period_id, 'pulse', 480, 279, 279 / 480.0 from marts.periods;

create table intermediate.int_feedback_questions as
select 'nps' as metric_id, 'recommend' as item_code, 1 as item_number, 1 as n_items;
create table intermediate.int_feedback_numbered as
select 1 as item_number, 8.0 as score_raw, 80.0 as score_pomp, f as event_number,
  f as person_number, period_index,
  case when f >= 500 then 6 end as reason_number
from range(520) as a(f), marts.periods;
-- the good raw stage has 80 feedback answers and 40 submissions in each period
create table marts.attribution_summary as
select 'customer' as voice, period_id, 'phone' as channel, 'ticket_group' as attribution_method,
  'attributed' as remainder_reason, 60 as n_rows, 60 as n_rows_in_unit from marts.periods
union all
select 'customer', period_id, 'phone', 'location', 'attributed', 10, 0 from marts.periods
union all
select 'customer', period_id, 'phone', 'none', 'no_reference', 10, 0 from marts.periods
union all
select 'employee', period_id, 'survey', 'org_history', 'attributed', 38, 38 from marts.periods
union all
select 'employee', period_id, 'survey', 'none', 'unknown_person', 2, 0 from marts.periods
union all
select 'customer', '2024-01', 'published_score', 'direct_unit', 'attributed', 3, 3;

create table marts.publication_mask as
select unit_level, unit_id, period_id, metric_id, n_people >= 5 as is_released,
  case when n_people >= 5 then 'released' else 'below_threshold' end as reason_code,
  n_people >= 5 as tells_counts
from marts.unit_period_metrics;

create table marts.linkage_panel as
select pair.pair_id, pair.x_metric_id, pair.y_metric_id, x.unit_id, x.period_id,
  case when mask.is_released then x.n_responses end as n_e,
  case when mask.is_released then x.value end as mean_e,
  case when mask.is_released then x.variance end as var_e,
  y.n_responses as n_c, y.value as mean_c, y.variance as var_c,
  y.promoters, y.passives, y.detractors,
  mask.reason_code as x_status, 'released' as y_status
from raw.declared_pairs as pair
join marts.unit_period_metrics as x on x.metric_id = pair.x_metric_id and x.unit_level = 'unit'
join marts.unit_period_metrics as y on y.metric_id = pair.y_metric_id
  and y.unit_id = x.unit_id and y.period_id = x.period_id
join marts.publication_mask as mask on mask.metric_id = x.metric_id
  and mask.unit_id = x.unit_id and mask.period_id = x.period_id;

create table marts.unit_period_scores as
select unit_id, period_id, x_metric_id as employee_metric_id, mean_e as employee_score,
  n_e as n_employee_responses, x_status as employee_reason_code,
  y_metric_id as customer_metric_id, mean_c as customer_score, n_c as n_customer_responses,
  y_status as customer_reason_code, case when x_status = 'released' then cast(0.6 as double) end as response_share,
  cast(0.9 as double) as attributed_share
from marts.linkage_panel;

-- eleven people of each voice wrote about unit u0
create table marts.unit_period_comments as
select n as comment_number, voice,
  n as person_number, '2024-01' as period_id, 'u0' as unit_id, 'l0' as location_id,
  'r0' as region_id, voice || ' comment ' || n as redacted_text
from range(11) as a(n), (values ('employee'), ('customer')) as b(voice);

create table marts.reorganisation_suspects as
select * from (values ('t9@l0', 't1@l1', 'employee', '2024-01', '2024-02', 8, 7, true)) as s(
  from_unit_id, to_unit_id, voice, last_period_id, first_period_id, n_people_before, n_people_shared,
  is_declared);
