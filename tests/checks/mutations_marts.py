"""For every check of the marts: SQL that breaks its rule, and which others break with it."""

from __future__ import annotations

from tests.checks.mutations_raw import Mutation

CELL = "insert into {t} select * from {t} limit 1"
UNIT = "unit_level = 'unit' and unit_id = 'u0' and period_id = '2024-01'"
NPS = "metric_id = 'nps'"

MARTS: dict[str, dict[str, Mutation]] = {
    "periods": {
        "periods_in_order": "update {t} set period_start = date '2024-01-20' where rowid = 1",
        "closed_period_exists": "update {t} set is_closed = false",
    },
    "dim_units": {
        "units_exist": "delete from {t}",
        "history_in_order": "update {t} set valid_to = date '2019-01-01' where rowid = 0",
        "names_tell_units_apart": (
            "update {t} set team_name = 'Team 0', location_name = 'Location 0' where rowid = 1"
        ),
    },
    "reorganisation_suspects": {
        "no_undeclared_reorganisation": "update {t} set is_declared = false",
        "people_within_people": "update {t} set n_people_before = 6",
    },
    "dim_teams": {
        "every_unit_has_its_team": "delete from {t} where rowid = 0",
        "names_agree_with_units": "update {t} set team_name = 'Renamed' where rowid = 0",
        "names_filled": (
            "update {t} set team_name = ' ' where rowid = 0;"
            " update marts.dim_units set team_name = ' ' where rowid = 0"
        ),
        "managers_lead_to_the_top": (
            "update intermediate.int_manager_teams set location_id = null where team_id = 't3'"
        ),
        "names_tell_teams_apart": ("insert into {t} values ('t99', 'Team 0', date '9999-12-31')"),
    },
    "dim_locations": {
        "every_unit_has_its_location": "delete from {t} where rowid = 0",
        "names_agree_with_units": "update {t} set location_name = 'Renamed' where rowid = 0",
        "names_filled": (
            "update {t} set location_name = ' ' where location_id = 'l0';"
            " update marts.dim_units set location_name = ' ' where location_id = 'l0'"
        ),
        "names_tell_locations_apart": (
            "insert into {t} select 'l99', * exclude (location_id) from {t} limit 1"
        ),
        "names_tell_regions_apart": "update {t} set region_id = 'r9' where rowid = 0",
        "regions_known_for_all_or_none": "update {t} set region_id = null where rowid = 0",
    },
    "dim_metrics": {
        "range_in_order": "update {t} set n_items_required = 3 where metric_id = 'engagement'",
        "items_run_with_their_metric": (
            "update staging.stg_employee_responses set score_pomp = 100 - score_pomp"
            " where item_code = 'q2'"
        ),
    },
    "unit_period_metrics": {
        "one_row_per_cell": (
            "insert into {t} select * from {t} where unit_level = 'company' limit 1"
        ),
        "value_in_range": f"update {{t}} set value = 101 where {UNIT} and metric_id = 'engagement'",
        "counts_possible": f"update {{t}} set variance = -1 where {UNIT} and {NPS}",
        "net_promoter_adds_up": f"update {{t}} set passives = 7 where {UNIT} and {NPS}",
        "levels_nest": (
            "update {t} set n_responses = 9000 where unit_level = 'location' and"
            " metric_id = 'engagement'"
        ),
        "scores_reconcile_with_answers": (
            "update {t} set n_responses = 501 where unit_level = 'company' and metric_id = 'nps'"
        ),
        "every_metric_has_values": (
            "insert into marts.dim_metrics"
            " values ('mood', 'Mood', 'employee', 'mean', 1, 1, 0, 100, '')"
        ),
        "company_value_stable": (
            "update {t} set value = 90 where unit_level = 'company' and"
            " metric_id = 'engagement' and period_id = '2024-02'"
        ),
        "volume_stable": (
            "update {t} set n_responses = 900 where unit_level = 'company' and"
            " metric_id = 'engagement' and period_id = '2024-02'"
        ),
    },
    "unit_period_participation": {
        "one_row_per_cell": CELL,
        "share_from_0_to_1": "update {t} set n_responded = 21 where rowid = 0",
        "response_share_sufficient": (
            "update {t} set response_share = 0.2 where unit_level = 'company'"
        ),
    },
    "attribution_summary": {
        "rows_reconcile_with_raw": "delete from {t} where remainder_reason = 'no_reference'",
        "shares_add_up_to_one": (
            "update intermediate.int_feedback_shares set share = 0.4 where event_number = 0"
        ),
        "unattributed_share_low": (
            "update {t} set remainder_reason = 'unknown_person' where voice = 'employee'"
            " and period_id = '2024-01'"
        ),
        "unattributed_share_bearable": (
            "update {t} set remainder_reason = 'unknown_person' where voice = 'employee'",
            {"unattributed_share_low"},
        ),
        "unattributed_share_not_risen": (
            "update raw.declared_settings set value_text = '0.01'"
            " where setting = 'last_unattributed_share_customer'"
        ),
        "rows_in_units_within_rows": "update {t} set n_rows_in_unit = 61 where n_rows = 60",
        "unit_known_for_most_feedback": (
            "update {t} set n_rows_in_unit = 0 where voice = 'customer'"
        ),
    },
    "publication_mask": {
        "every_cell_judged": "delete from {t} where rowid = 0",
        "reason_known": "update {t} set reason_code = 'because' where not is_released",
        "reason_fits_release": "update {t} set reason_code = 'complementary' where rowid = 0",
        "released_cells_reach_threshold": (
            "update {t} set is_released = true, reason_code = 'released'"
        ),
        "withheld_at_source_stays_withheld": (
            "update marts.unit_period_metrics set suppressed_at_source = true where rowid = 0"
        ),
        "enough_units_released": (
            "update {t} set is_released = false, reason_code = 'complementary'"
            " where unit_level = 'unit'"
        ),
    },
    "linkage_panel": {
        "one_row_per_cell": CELL,
        "hidden_cells_are_null": "update {t} set var_e = 1 where x_status <> 'released'",
        "only_released_cells": (
            "update marts.publication_mask set is_released = false where unit_id = 'u0'"
        ),
        "only_closed_periods": (
            "update marts.periods set is_closed = false where period_id = '2024-02'"
        ),
        "values_in_range": "update {t} set mean_c = -101 where rowid = 0",
        "primary_pair_has_units": "update {t} set y_status = 'absent', n_c = null, mean_c = null,"
        " var_c = null, promoters = null, passives = null, detractors = null"
        " where unit_id < 'u2'",
    },
    "unit_period_scores": {
        "one_row_per_cell": CELL,
        "hidden_values_are_null": (
            "update {t} set response_share = 0.2 where employee_reason_code <> 'released'"
        ),
        "shares_possible": "update {t} set attributed_share = 1.2 where rowid = 0",
        "response_rate_at_most_one": "update {t} set response_share = 1.2 where rowid = 0",
        "agrees_with_panel": "update {t} set customer_score = 31 where rowid = 0",
    },
}
