-- A candidate on which every check passes, made from the good marts.

create table published.publication as
select 'thresholds' as suppression, 5 as threshold_employee, 5 as threshold_customer,
  cast(null as varchar) as publisher;
create table published.periods as from marts.periods;
create table published.dim_units as from marts.dim_units;
create table published.dim_teams as from marts.dim_teams;
create table published.dim_locations as from marts.dim_locations;
create table published.dim_metrics as from marts.dim_metrics;
create table published.unit_period_scores as from marts.unit_period_scores;
create table published.attribution_summary as
select * from marts.attribution_summary where voice = 'customer';

create view marts.masked_cells as
select unit_level, unit_id, period_id, metric_id, m.voice, mask.reason_code,
  case when mask.is_released then m.n_responses end as n_responses,
  case when mask.is_released then round(m.value, 1) end as value,
  case when mask.is_released then round(m.value_native, 2) end as value_native,
  case when mask.is_released then m.promoters end as promoters,
  case when mask.is_released then m.passives end as passives,
  case when mask.is_released then m.detractors end as detractors
from marts.unit_period_metrics as m
join marts.publication_mask as mask using (unit_level, unit_id, period_id, metric_id);
create table published.employee_unit_period_metrics as
select * from marts.masked_cells where voice = 'employee';
create table published.customer_unit_period_metrics as
select * from marts.masked_cells where voice = 'customer';
drop view marts.masked_cells;

create table published.unit_period_participation as
select unit_level, unit_id, period_id, survey,
  case when n_responded >= 5 then n_invited end as n_invited,
  case when n_responded >= 5 then n_responded end as n_responded,
  case when n_responded >= 5 then round(response_share, 2) end as response_share,
  case when n_responded >= 5 then 'released' else 'below_threshold' end as reason_code
from marts.unit_period_participation;

create table published.linkage_estimates (
  component varchar, effect_type varchar, n_units bigint, estimate double, conf_low double,
  conf_high double, conf_shape varchar, p_value double, q_value double, "primary" boolean,
  verdict varchar, sentence varchar
);
insert into published.linkage_estimates values
  ('observed', 'slope', 23, 1.25, 0.5, 2.0, 'bounded', 0.01, 0.01, true, 'supported',
   'Units 1 point higher have customers 1.25 points higher.'),
  ('observed', 'r', 23, 0.35, 0.1, 0.55, 'bounded', null, null, true, 'supported',
   'Both go together with a correlation of 0.35.'),
  ('observed', 'r', 150, 0.37, 0.31, 0.43, 'bounded', null, null, false, null,
   'Both go together with a correlation of 0.37.'),
  ('corrected', 'slope', null, null, null, null, null, null, null, false, 'refused',
   'Too few units.');
create table published.linkage_guards as
select 'warn' as severity, 'few_clusters' as code, 3 as n_affected, 23 as n_total,
  'There are few locations.' as message, 'Add locations.' as next_step;

create table published.data_dictionary (
  table_name varchar, table_description varchar, column_name varchar, data_type varchar,
  column_description varchar, audiences varchar
);
insert into published.data_dictionary
select table_name, 'A table.', column_name, data_type, 'A column.', 'shared'
from information_schema.columns where table_schema = 'published';
