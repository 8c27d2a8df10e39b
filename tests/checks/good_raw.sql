-- A small raw stage on which every check passes. The tables exist already, made from the contract.

insert into raw.declared_periods values
  ('2024-01', 0, date '2024-01-01', date '2024-01-31', true),
  ('2024-02', 1, date '2024-02-01', date '2024-02-29', true);
insert into raw.declared_waves values
  ('2024-01', date '2024-01-01', date '2024-01-31', '2024-01'),
  ('2024-02', date '2024-02-01', date '2024-02-29', '2024-02');
insert into raw.declared_metric_items values
  ('engagement', 'q1'), ('engagement', 'q2'), ('nps', 'recommend'), ('share', 'satisfied');

insert into raw.employee_responses by name
select 'survey' as source, 'b1' as batch, 'survey.csv' as input, r * 2 + w as record_number,
  's' || r || w as response_id, 'p' || r as respondent_key, 'email' as respondent_id_type,
  'pulse' as survey, '2024-0' || w as wave, 'q' || i as item_code,
  make_timestamp(2024, w, 1 + r % 28, 9, 0, 0) as answered_at,
  make_date(2024, w, 1 + r % 28) as answered_date,
  1 + (r * 7 + i * 3 + w) % 5 as score_raw, 1 as scale_min, 5 as scale_max,
  'higher' as direction, 't' || (r % 3) as team_ref, 'l' || (r % 2) as location_ref,
  true as is_complete
from range(40) as a(r), range(1, 3) as b(w), range(1, 6) as c(i);

insert into raw.invitations by name
select 'invited' as source, 'b1' as batch, 'invited.csv' as input, r as record_number,
  'p' || r as respondent_key, 'email' as respondent_id_type, 'pulse' as survey,
  '2024-0' || w as wave, make_date(2024, w, 1) as invited_date
from range(50) as a(r), range(1, 3) as b(w);

insert into raw.customer_feedback by name
select 'tickets' as source, 'b1' as batch, 'tickets.csv' as input, f as record_number,
  'f' || f as feedback_id, make_timestamp(2024, 1 + f % 2, 1 + f % 28, 9, 0, 0) as occurred_at,
  make_date(2024, 1 + f % 2, 1 + f % 28) as local_date, 'recommend' as item_code,
  'nps' as question_kind, (f // 2) % 11 as score_raw, 0 as scale_min, 10 as scale_max,
  'higher' as direction, 'l' || (f % 2) as location_ref
from range(160) as a(f);

insert into raw.comments by name
select 'tickets' as source, 'b1' as batch, 'tickets.csv' as input, f as record_number,
  'customer' as voice, 'f' || f as parent_key, 20 as n_characters, 'fine' as redacted_text,
  0 as n_redactions, 0 as n_names, 0 as n_emails, 0 as n_phones, 0 as n_accounts, 0 as n_links,
  0 as n_places, 0 as n_dates, 0 as n_numbers, 0 as n_codes
from range(5) as a(f);
insert into raw.comments by name
select 'survey' as source, 'employee' as voice, 'pulse/2024-01' as parent_key, 'pulse' as survey,
  '2024-01' as wave, 'k1' as respondent_key, * exclude (source, voice, parent_key, survey, wave,
  respondent_key)
from raw.comments where record_number = 0;

insert into raw.unit_scores by name
select 'scores' as source, 'b1' as batch, 'scores.csv' as input, u as record_number,
  '2024-01' as period_ref, 't' || u as team_ref, 'l' || (u % 2) as location_ref,
  'satisfied' as item_code, 'customer' as voice, 0.5 as score_raw, 0 as scale_min,
  1 as scale_max, 'higher' as direction, 10 as n_respondents, 20 as n_invited,
  0.1 as variance, 5 as promoters, 3 as passives, 2 as detractors,
  false as suppressed_at_source
from range(3) as a(u);

insert into raw.org_assignments by name
select 'people' as source, 'b1' as batch, 'people.csv' as input, e as record_number,
  'e' || e as employee_key, 't' || (e % 3) as team_ref, 'l' || (e % 2) as location_ref,
  'm' || (e % 3) as manager_key, date '2023-01-01' as valid_from,
  case when e % 2 = 0 then date '2024-01-15' end as valid_to
from range(10) as a(e)
union all by name
select 'people' as source, 'b1' as batch, 'people.csv' as input, 10 + e as record_number, 'e' || e as employee_key,
  't2' as team_ref, 'l0' as location_ref, 'm2' as manager_key,
  date '2024-01-15' as valid_from, cast(null as date) as valid_to
from range(0, 10, 2) as a(e);

insert into raw.person_identifiers by name
select 'people' as source, 'b1' as batch, 'people.csv' as input, e as record_number,
  'email' as id_type, 'p' || e as id_key, 'e' || e as employee_key,
  date '2023-01-01' as valid_from, date '2025-01-01' as valid_to
from range(10) as a(e);

insert into raw.units by name
select 'units' as source, 'b1' as batch, 'units.csv' as input, *
from (values
  (1, 'team', 't0', 'Team 0', 'l0'), (2, 'team', 't1', 'Team 1', 'l1'),
  (3, 'team', 't2', 'Team 2', 'l0'), (4, 'location', 'l0', 'Leeds', 'r0'),
  (5, 'location', 'l1', 'York', 'r0'), (6, 'region', 'r0', 'North', null)
) as u(record_number, unit_level, unit_ref, unit_name, parent_ref);
update raw.units set valid_from = date '2023-01-01', valid_to = date '2025-01-01'
where unit_ref = 't0';

insert into raw.unit_aliases by name
select 'aliases' as source, 'b1' as batch, 'aliases.csv' as input, *
from (values
  (1, 'location', 'Leeds HQ', 'l0', date '2023-01-01', date '2025-01-01'),
  (2, 'ticket_group', 'Front desk', 't1', null, null)
) as a(record_number, alias_level, alias, unit_ref, valid_from, valid_to);

insert into raw.unit_lineage by name
select 'lineage' as source, 'b1' as batch, 'lineage.csv' as input,
  date '2024-02-01' as effective_date, *
from (values
  (1, 'split', 'team', 't9', 't1', 0.5), (2, 'split', 'team', 't9', 't2', 0.5),
  (3, 'close', 'team', 't8', null, null)
) as l(record_number, lineage_kind, unit_level, from_ref, to_ref, share);

insert into raw.actions by name
select 'actions' as source, 'b1' as batch, 'actions.csv' as input, a as record_number,
  'a' || a as action_id, 'training' as action_kind, 't0' as team_ref, 'l0' as location_ref,
  date '2024-01-10' as valid_from, date '2024-01-20' as valid_to
from range(2) as x(a);

insert into raw.outcomes by name
select 'outcomes' as source, 'b1' as batch, 'outcomes.csv' as input, u as record_number,
  '2024-01' as period_ref, 't' || u as team_ref, 'l' || (u % 2) as location_ref,
  'turnover' as outcome_code, 0.1 as value
from range(3) as a(u);

insert into raw.feedback_touches by name
select 'touches' as source, 'b1' as batch, 'touches.csv' as input, t as record_number,
  source as feedback_source, feedback_id, 't' || t as team_ref, 0.5 as share
from (select source, feedback_id from raw.customer_feedback limit 1), range(2) as a(t);

insert into raw.rejected_rows by name
select 'tickets' as source, 'b1' as batch, 'tickets.csv' as input, 1000 + n as record_number,
  'score' as column_name, case when n < 3 then 'out_of_scale' else 'filtered' end as reason,
  case when n < 3 then 'number' else 'text' end as value_class, n >= 3 as is_filtered,
  1 as n_rows
from range(5) as a(n);

create temp table kept as
select 'employee_responses' as contract_table, source, count(*) as n
from raw.employee_responses group by source
union all select 'invitations', source, count(*) from raw.invitations group by source
union all select 'customer_feedback', source, count(*) from raw.customer_feedback group by source
union all select 'feedback_touches', source, count(*) from raw.feedback_touches group by source
union all select 'unit_scores', source, count(*) from raw.unit_scores group by source
union all select 'org_assignments', source, count(*) from raw.org_assignments group by source
union all select 'units', source, count(*) from raw.units group by source
union all select 'unit_aliases', source, count(*) from raw.unit_aliases group by source
union all select 'unit_lineage', source, count(*) from raw.unit_lineage group by source
union all select 'actions', source, count(*) from raw.actions group by source
union all select 'outcomes', source, count(*) from raw.outcomes group by source;
update raw.person_identifiers set source = 'identifiers';
insert into kept
select 'person_identifiers', source, count(*) from raw.person_identifiers group by source;

insert into raw.ingest_batches by name
select source, 'b1' as batch, source || '.csv' as input, contract_table,
  'hash' as content_hash, 'v1' as mapping_version, 'cols' as columns_fingerprint,
  n + case source when 'tickets' then 5 else 0 end as rows_read, n as rows_kept,
  case source when 'tickets' then 5 else 0 end as rows_rejected,
  case source when 'tickets' then 2 else 0 end as rows_filtered, 0 as rows_erased,
  true as is_required, 0.05 as max_rejected_share, false as is_stale
from kept;
drop table kept;
