"""For every check of the raw stage: SQL that breaks its rule, and which others break with it.

A mutation is the SQL, or the SQL and the names of further checks of the same table that must fail
too. `{t}` is the table.
"""

from __future__ import annotations

Mutation = str | tuple[str, set[str]]

RECONCILE = {"rows_reconcile_with_batches": "delete from {t} where rowid = 0"}
SWAPPED = {
    "interval_in_order": "update {t} set valid_to = valid_from - 1 where valid_to is not null"
}
DIRECTION = {"direction_known": "update {t} set direction = 'up'"}
SCALE = {"score_within_scale": "update {t} set score_raw = scale_max + 1 where rowid = 0"}
UNIT_LEVEL = {"unit_level_known": "update {t} set unit_level = 'floor' where rowid = 2"}

RAW: dict[str, dict[str, Mutation]] = {
    "employee_responses": {
        "required_columns_filled": "update {t} set answered_at = null where rowid = 0",
        **RECONCILE,
        **DIRECTION,
        **SCALE,
        "scale_same_in_all_batches": "update {t} set scale_max = 7 where wave = '2024-02'",
        "observed_range_stable": (
            "update {t} set scale_max = 100;"
            "update {t} set score_raw = score_raw * 20 where wave = '2024-02' and item_code = 'q1'"
        ),
        "wording_same_in_all_waves": (
            "update {t} set item_text_version = case wave when '2024-02' then 'I am very proud'"
            " else 'I am proud' end where item_code = 'q1'"
        ),
        "waves_declared": "update {t} set wave = '2031-01' where rowid = 0",
        "answered_by_today": "update {t} set answered_date = date '2100-01-01' where rowid = 0",
        "items_answered": (
            "update {t} set score_raw = null where item_code = 'q3' and wave = '2024-01'"
            " and respondent_key not in ('p1', 'p2')"
        ),
        "response_rate_at_most_one": (
            "delete from raw.invitations where respondent_key > 'p3'",
            {"respondents_were_invited"},
        ),
        "respondents_were_invited": (
            "update {t} set respondent_key = 'stranger' where respondent_key = 'p1'"
        ),
        "straight_lining_rare": (
            "update {t} set score_raw = 3 where wave = '2024-01' and respondent_key < 'p3';"
        ),
    },
    "customer_feedback": {
        "required_columns_filled": "update {t} set item_code = null where rowid = 0",
        **RECONCILE,
        "direction_known": (
            "update {t} set direction = 'up' where question_kind = 'nps'",
            {"nps_from_0_to_10"},
        ),
        "question_kind_known": "update {t} set question_kind = 'smile' where rowid = 0",
        **SCALE,
        "nps_from_0_to_10": "update {t} set scale_min = -1",
        "scale_same_in_all_batches": (
            "update {t} set question_kind = 'scale'; update {t} set scale_max = 11 where rowid = 0"
        ),
        "observed_range_stable": (
            "update {t} set score_raw = 5 + score_raw % 2 where local_date < date '2024-02-01'"
        ),
        "feedback_not_before_the_program": (
            "update {t} set local_date = date '2019-01-01' where rowid < 20"
        ),
    },
    "feedback_touches": {
        "required_columns_filled": "update {t} set input = null where rowid = 0",
        "rows_reconcile_with_batches": (
            "delete from {t} where rowid = 0",
            {"shares_told_for_all_or_none"},  # the other half is left alone
        ),
        "shares_told_for_all_or_none": "update {t} set share = null where rowid = 0",
        "events_are_known": "update {t} set feedback_id = 'nowhere'",
    },
    "comments": {
        "required_columns_filled": "update {t} set parent_key = null where rowid = 0",
        "voice_known": "update {t} set voice = 'agent' where rowid = 0",
        "author_told": "update {t} set survey = null where voice = 'employee'",
        "nothing_personal_left": "update {t} set redacted_text = 'a@b.org' where rowid = 0",
        "counts_add_up": "update {t} set n_codes = 1 where rowid = 0",
    },
    "unit_scores": {
        "required_columns_filled": "update {t} set voice = null where rowid = 0",
        **RECONCILE,
        **DIRECTION,
        "voice_known": "update {t} set voice = 'public' where rowid = 0",
        **SCALE,
        "scale_same_in_all_batches": "update {t} set scale_max = 100 where rowid = 0",
        "suppressed_has_no_value": "update {t} set suppressed_at_source = true where rowid = 0",
        "one_score_per_unit_and_period": (
            "update {t} set team_ref = 't2', location_ref = 'l0' where rowid = 0"
        ),
        "promoters_passives_detractors_add_up": "update {t} set passives = 4 where rowid = 0",
        "counts_not_negative": "update {t} set variance = -1 where rowid = 0",
        "response_rate_at_most_one": "update {t} set n_invited = 9 where rowid = 0",
        "periods_known": "update {t} set period_ref = 'FY24' where rowid = 0",
    },
    "org_assignments": {
        "required_columns_filled": "update {t} set employee_key = null where rowid = 1",
        **RECONCILE,
        "interval_in_order": "update {t} set valid_to = date '2022-01-01' where rowid = 1",
        "one_team_at_a_time": "update {t} set valid_to = null where valid_to is not null",
        "nobody_manages_themselves": "update {t} set manager_key = employee_key where rowid = 0",
    },
    "person_identifiers": {
        "required_columns_filled": "update {t} set id_key = null where rowid = 0",
        **RECONCILE,
        **SWAPPED,
        "identifier_means_one_person": "update {t} set id_key = 'p0' where rowid = 1",
    },
    "units": {
        "required_columns_filled": "update {t} set unit_ref = null where unit_ref = 't1'",
        **RECONCILE,
        # a level nobody knows has no level of parents either
        "unit_level_known": (UNIT_LEVEL["unit_level_known"], {"parent_known"}),
        **SWAPPED,
        "versions_do_not_overlap": "update {t} set unit_ref = 't1' where rowid = 2",
        "parent_known": "update {t} set parent_ref = 'l7' where rowid = 1",
    },
    "unit_aliases": {
        "required_columns_filled": "update {t} set alias = null where rowid = 0",
        **RECONCILE,
        "alias_level_known": "update {t} set alias_level = 'queue' where rowid = 0",
        **SWAPPED,
        "alias_means_one_unit": (
            "update {t} set alias_level = 'location', alias = 'leeds hq ' where rowid = 1"
        ),
    },
    "unit_lineage": {
        "required_columns_filled": "update {t} set effective_date = null where rowid = 2",
        "rows_reconcile_with_batches": "delete from {t} where lineage_kind = 'close'",
        "lineage_kind_known": (
            "update {t} set lineage_kind = 'vanish' where rowid = 0",
            {"shares_add_up"},  # half of a split is gone with it
        ),
        **UNIT_LEVEL,
        "successor_fits_the_event": "update {t} set to_ref = 't1' where lineage_kind = 'close'",
        "shares_add_up": "update {t} set share = 0.7 where rowid = 0",
    },
    "invitations": {
        "required_columns_filled": "update {t} set invited_date = null where rowid = 0",
        **RECONCILE,
        "waves_declared": "update {t} set wave = '2031-01' where rowid = 0",
        "invited_once": "update {t} set respondent_key = 'p1' where respondent_key = 'p2'",
    },
    "actions": {
        "required_columns_filled": "update {t} set action_kind = null where rowid = 0",
        **RECONCILE,
        **SWAPPED,
        "action_id_means_one_action": (
            "update {t} set action_id = 'a0'; update {t} set action_kind = 'party' where rowid = 1"
        ),
    },
    "outcomes": {
        "required_columns_filled": "update {t} set value = null where rowid = 0",
        **RECONCILE,
        "one_value_per_unit_and_period": (
            "update {t} set team_ref = 't0', location_ref = 'l0' where rowid = 1"
        ),
        "value_is_a_number": "update {t} set value = 'nan' where rowid = 0",
        "periods_known": "update {t} set period_ref = '2031-01' where rowid = 0",
    },
    "ingest_batches": {
        "required_columns_filled": "update {t} set content_hash = null where rowid = 0",
        "batches_landed": "delete from {t}",
        "batch_listed_once": "insert into {t} select * from {t} where source = 'survey'",
        "contract_table_known": "update {t} set contract_table = 'people' where rowid = 0",
        "read_equals_kept_rejected_erased": "update {t} set rows_read = 201 where rows_read = 100",
        "rejected_share_within_limit": (
            "update {t} set max_rejected_share = 0.01 where source = 'tickets'"
        ),
        "required_sources_have_rows": (
            "update {t} set rows_read = 0, rows_kept = 0 where source = 'actions'"
        ),
        "sources_up_to_date": "update {t} set is_stale = true where source = 'survey'",
        "metric_items_landed": "insert into raw.declared_metric_items values ('nps', 'recomend')",
    },
    "rejected_rows": {
        "required_columns_filled": "update {t} set record_number = null where rowid = 0",
        "reason_known": "update {t} set reason = 'because' where rowid = 0",
        "rejects_reconcile_with_batches": "update {t} set n_rows = 2 where rowid = 0",
        "value_class_is_no_value": "update {t} set value_class = 'jo@x.org' where rowid = 0",
    },
}
