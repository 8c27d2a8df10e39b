-- A candidate on which every check passes, made from the good marts.

create table published.publication as
select 'thresholds' as suppression, 5 as threshold_employee, 5 as threshold_customer,
  cast(null as varchar) as publisher;
create table published.periods as from marts.periods;
create table published.dim_units as from marts.dim_units;
create table published.dim_teams as from marts.dim_teams;
create table published.dim_locations as from marts.dim_locations;
create table published.dim_metrics as
select *, 'q01' as items, null::double as top_box_from, 1.0 as answer_min, 5.0 as answer_max,
  'higher' as answer_direction, true as answers_are_whole
from marts.dim_metrics;
create table published.unit_period_scores as from marts.unit_period_scores;
-- u1 was merged into u0
create table marts.unit_restatements as
select 'u1' as unit_id, period_id, 'u0' as today_unit_id, 'merge' as succession from marts.periods;
create table published.unit_period_scores_restated as
select coalesce(today_unit_id, unit_id) as unit_id, period_id,
  round(avg(employee_score), 1) as employee_score,
  cast(sum(n_employee_responses) as bigint) as n_employee_responses,
  max(employee_reason_code) as employee_reason_code,
  round(avg(customer_score), 1) as customer_score,
  cast(sum(n_customer_responses) as bigint) as n_customer_responses,
  max(customer_reason_code) as customer_reason_code, count(*) as n_units_then
from published.unit_period_scores left join marts.unit_restatements using (unit_id, period_id)
group by all;
create table published.attribution_summary as
select * replace (
  cast(round(n_rows / 10) * 10 as bigint) as n_rows,
  cast(round(n_rows_in_unit / 10) * 10 as bigint) as n_rows_in_unit)
from marts.attribution_summary where voice = 'customer';

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
select cell.*, earlier.period_id as previous_period_id,
  round(cell.value - earlier.value, 1) as change,
  round(cell.value - earlier.value - 5, 1) as change_low,
  round(cell.value - earlier.value + 5, 1) as change_high
from marts.masked_cells as cell left join marts.masked_cells as earlier
  on earlier.unit_level = cell.unit_level and earlier.unit_id = cell.unit_id
  and earlier.metric_id = cell.metric_id and earlier.period_id = '2024-01'
  and cell.period_id = '2024-02' and cell.unit_level = 'location'
where cell.voice = 'employee' order by cell.unit_level desc, cell.unit_id, cell.period_id;
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
  question_id varchar, component varchar, effect_type varchar, n_units bigint, estimate double,
  conf_low double, conf_high double, conf_shape varchar, p_value double, q_value double,
  "primary" boolean, verdict varchar, sentence varchar, x_measure varchar default 'engagement',
  y_measure varchar default 'nps', estimand varchar default 'between'
);
insert into published.linkage_estimates (
  question_id, component, effect_type, n_units, estimate, conf_low, conf_high, conf_shape, p_value,
  q_value, "primary", verdict, sentence
) values
  ('between', 'observed', 'slope', 23, 1.25, 0.5, 2.0, 'bounded', 0.01, 0.01, true, 'supported',
   'Units 1 point higher have customers 1.25 points higher.'),
  ('between', 'observed', 'r', 23, 0.35, 0.1, 0.55, 'bounded', null, null, true, 'supported',
   'Both go together with a correlation of 0.35.'),
  ('other', 'observed', 'r', 150, 0.37, 0.31, 0.43, 'bounded', null, null, false, null,
   'Both go together with a correlation of 0.37.'),
  ('between', 'corrected', 'slope', null, null, null, null, null, null, null, false, 'refused',
   'Too few units.');
insert into published.linkage_estimates (
  question_id, component, effect_type, n_units, estimate, "primary", sentence
)
select question_id, 'observed', 'index', 200, 0.5, false, 'Read it beside its own table.'
from unnest(['driver', 'lag', 'curve', 'segment', 'aggregation', 'change']) as a(question_id);
-- a reliability or a plan may be told from 10 units on
insert into published.linkage_estimates (
  question_id, estimand, component, effect_type, n_units, estimate, "primary", sentence
) values ('power', 'power', 'smallest_r', 'r', 15, 0.65, false, 'Links from 0.65 on could be seen.');

create view published.asked as select 'pooled' as window_id, 'engagement' as x_measure,
  'nps' as y_measure;
create table published.linkage_driver_shares as
select 'driver' as question_id, asked.*, 'unit' as level, 'observed' as component, 'lmg' as method, item, share,
  share - 0.1 as share_low, share + 0.1 as share_high, share / 4 as r_squared_piece,
  cast(0.43 as double) as zero_order_r, rank, 1 as rank_low, 2 as rank_high, true as is_in_top_set,
  share / 4 - 0.01 as above_noise, share / 4 - 0.05 as above_noise_low,
  share / 4 + 0.03 as above_noise_high, true as is_above_noise
from published.asked as asked, (values ('q1', 0.62, 1), ('q2', 0.377, 2)) as a(item, share, rank);
create table published.linkage_lag_profiles as
select 'lag' as question_id, asked.*, lag, 0.2 as slope, 0.05 as std_error, 4.0 as statistic,
  0.06 as band_low, 0.34 as band_high, 2.8 as critical_value, 300 as n_pairs,
  case lag when 1 then 0.96 else 0.02 end as share_of_draws, lag = 1 as is_in_lag_set
from published.asked as asked, range(-1, 2) as a(lag);
-- the second of four bins is hidden, and the fourth with it
create table published.linkage_binned_curves as
select 'curve' as question_id, asked.*, bin, case when bin in (1, 3) then 90 end as n_units,
  case when bin in (1, 3) then 2.0 * bin end as mean_x,
  case when bin in (1, 3) then 1.0 * bin end as mean_y,
  case when bin in (1, 3) then 0.5 end as std_error,
  case when bin in (1, 3) then bin - 1.0 end as conf_low,
  case when bin in (1, 3) then bin + 1.0 end as conf_high
from published.asked as asked, range(1, 5) as a(bin);
create table published.linkage_segment_forests as
select 'segment' as question_id, asked.*, 'region_id' as segment_by, segment, 100 as n_units,
  20 as n_clusters, slope, 0.2 as std_error, 18.0 as df, slope * 0.5 + 0.25 as slope_shrunken,
  slope * 1.1 as slope_corrected, 0.22 as std_error_corrected
from published.asked as asked, (values ('r0', 0.3), ('r1', 0.7)) as a(segment, slope);
create table published.linkage_reliability as
select 'aggregation' as question_id, asked.*, 'engagement' as measure, period_index,
  23 as n_units, 276 as n_responses, 0.36 as icc1, 0.87 as icc2, 0.84 as icc2_low,
  0.89 as icc2_high, 1700.0 as msb, 221.0 as msw, 12.0 as n0, 8 as n_items, 0.81 as rwgj_mean,
  0.84 as rwgj_median, 0.78 as rwgj_share_070
from published.asked as asked, published.periods;
create table published.linkage_period_slopes as
select 'change' as question_id, asked.*, period_index, 0.4 as slope, 0.1 as std_error,
  0.41 as refit_slope, 0.05 as refit_std_error, 0.2 as refit_z, false as is_alert
from published.asked as asked, published.periods;
drop view published.asked;

create table published.linkage_attribution_rules as
select 'pooled' as window_id, 'engagement' as x_measure, 'nps' as y_measure, *,
  24 as n_units, 0.1 as conf_low, 0.6 as conf_high, 'cv3_t' as conf_method,
  cast(null as varchar) as guard_code
from (values ('direct_unit', 'direct_unit', 900, 0.6, 0.3),
  ('direct_unit + ticket_group', 'ticket_group', 1500, 1.0, 0.4)
) as r(rule, last_method, n_responses_y, share_of_feedback, estimate);

create table published.linkage_nonresponse as
select 'mean' as quantity, period_id as window_id, metric_id as x_measure,
  cast(null as varchar) as y_measure, cast(null as bigint) as n_units,
  n_responses as n_responses_x, 'region' as margins, value as unweighted,
  value - 1 as unweighted_low, value + 1 as unweighted_high, value + 0.5 as weighted,
  value - 0.6 as weighted_low, value + 1.6 as weighted_high, 1.2 as design_effect,
  0.01 as share_capped, cast(null as varchar) as guard_code
from published.employee_unit_period_metrics where unit_level = 'company'
union all
select 'r', 'pooled', 'engagement', 'nps', 24, 900, 'region', 0.35, 0.1, 0.55, 0.4, 0.15, 0.6, 1.2,
  0.01, null;

create table published.linkage_guards as
select 'warn' as severity, 'few_clusters' as code, 3 as n_affected, 23 as n_total,
  'There are few locations.' as message, 'Add locations.' as next_step;

create table published.employee_comments as
select 'unit' as unit_level, unit_id, period_id, redacted_text as comment_text
from marts.unit_period_comments where voice = 'employee';
create table published.customer_comments as
select 'unit' as unit_level, unit_id, period_id, redacted_text as comment_text
from marts.unit_period_comments where voice = 'customer';

create table published.data_dictionary (
  table_name varchar, table_description varchar, column_name varchar, data_type varchar,
  column_description varchar, audiences varchar
);
insert into published.data_dictionary
select table_name, 'A table.', column_name, data_type, 'A column.', 'shared'
from information_schema.columns where table_schema = 'published';
