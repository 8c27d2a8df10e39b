"""For every check of the candidate: SQL that breaks its rule, and which others break with it."""

from __future__ import annotations

from tests.checks.mutations_marts import CELL
from tests.checks.mutations_raw import Mutation

HIDDEN = "employee_reason_code <> 'released'"


def cells(voice: str, other: str) -> dict[str, Mutation]:
    """The mutations of a table of masked cells."""
    return {
        "no_small_groups": "update {t} set n_responses = 4 where rowid = 0",
        "hidden_values_are_null": "update {t} set reason_code = 'complementary' where rowid = 0",
        "mask_obeyed": (
            "update marts.publication_mask set is_released = false"
            f" where unit_id = 'u0' and metric_id = '{voice}'"
        ),
        "only_this_voice": f"update {{t}} set voice = '{other}' where rowid = 0",
        "value_in_range": "update {t} set value = 100.5 where rowid = 0",
        "values_rounded": "update {t} set value = 60.25 where rowid = 0",
        "one_row_per_cell": CELL,
    }


def comments(voice: str) -> dict[str, Mutation]:
    """The mutations of a table of comments; eleven people wrote about unit u0."""
    return {
        "no_small_groups": "delete from {t} where rowid < 2",
        "hidden_groups_stay_hidden": (
            "update marts.publication_mask set is_released = false where unit_id = 'u0'"
        ),
        "only_this_voice": (
            f"update marts.unit_period_comments set redacted_text = 'other' where voice = '{voice}'"
        ),
        "nothing_personal_left": (
            "update {t} set comment_text = 'call 0123456' where rowid = 0;"
            " update marts.unit_period_comments set redacted_text = 'call 0123456'"
            f" where voice = '{voice}' and comment_number = 0"
        ),
        "no_other_columns": "alter table {t} add column written_on date",
    }


SAME_ROWS = {"same_rows_as_marts": "delete from {t} where rowid = 0"}
COLUMNS = {"no_other_columns": "alter table {t} add column headcount bigint"}


def companion(name: str, group: str) -> dict[str, Mutation]:
    """The mutations of a table beside the estimates; `name` is its check that keys are unique."""
    return {
        **COLUMNS,
        "question_answered": (
            "update published.linkage_estimates set estimate = null"
            " where question_id in (select question_id from {t})"
        ),
        # a second row without numbers, so that only its key is wrong
        name: (
            f"insert into {{t}} by name select question_id, x_measure, y_measure, {group}"
            " from {t} limit 1"
        ),
    }


ERRORS = {"errors_possible": "update {t} set std_error = -0.1 where rowid = 0"}
UNKNOWN_PERIOD = "update {t} set period_index = 99 where rowid = 0"

PUBLISHED: dict[str, dict[str, Mutation]] = {
    "employee_unit_period_metrics": {
        **cells("engagement", "customer"),
        "changes_of_shown_values": "update {t} set change = change + 0.2",
    },
    "customer_unit_period_metrics": cells("nps", "employee"),
    "employee_comments": comments("employee"),
    "customer_comments": comments("customer"),
    "unit_period_scores": {
        "no_small_groups": (
            "update marts.unit_period_metrics set n_people = 4 where unit_id = 'u0'"
        ),
        "hidden_values_are_null": f"update {{t}} set response_share = 0.2 where {HIDDEN}",
        "values_in_range": "update {t} set customer_score = 101 where rowid = 0",
        "values_rounded": "update {t} set response_share = 0.605 where rowid = 0",
        "one_row_per_cell": CELL,
    },
    "unit_period_scores_restated": {
        "made_of_published_rows": (
            "update {t} set employee_score = employee_score + 0.5 where unit_id = 'u2'"
        ),
        "no_small_groups": (
            "update {t} set n_customer_responses = 4 where unit_id = 'u2'",
            {"made_of_published_rows"},
        ),
        "hidden_values_are_null": (
            "update {t} set employee_reason_code = 'withheld' where unit_id = 'u2'"
        ),
        "values_rounded": "update {t} set customer_score = 30.04 where unit_id = 'u2'",
        "one_row_per_cell": CELL,
    },
    "unit_period_participation": {
        "no_small_groups": (
            "update {t} set n_responded = 3, reason_code = 'released' where unit_id = 'u23'"
        ),
        "hidden_values_are_null": (
            "update {t} set reason_code = 'below_threshold' where unit_id = 'u0'"
        ),
        "share_from_0_to_1": "update {t} set n_invited = 11 where unit_id = 'u0'",
        "one_row_per_cell": CELL,
    },
    "attribution_summary": {
        **COLUMNS,
        "only_customers": "update {t} set voice = 'employee' where rowid = 0",
        "counts_agree_with_marts": "delete from {t} where rowid = 0",
        "counts_rounded": "update {t} set n_rows = n_rows + 1 where rowid = 0",
    },
    "linkage_estimates": {
        "no_small_groups": "update {t} set n_units = 19 where effect_type = 'slope'",
        "verdict_known": "update {t} set verdict = 'proven' where rowid = 0",
        "refused_has_no_number": "update {t} set p_value = 0.5 where verdict = 'refused'",
        "interval_in_order": "update {t} set conf_low = 3 where rowid = 0",
        "correlation_possible": "update {t} set estimate = 1.05 where effect_type = 'r'",
        "correlation_rounded": "update {t} set estimate = 0.37 where n_units = 23"
        " and effect_type = 'r'",
        "sentence_without_causal_words": (
            "update {t} set sentence = 'Happy staff leads to happy customers.' where rowid = 0"
        ),
        "every_row_has_a_sentence": "update {t} set sentence = ' ' where rowid = 0",
        "primary_question_answered": 'update {t} set "primary" = false',
    },
    "linkage_guards": {
        "severity_known": "update {t} set severity = 'bad'",
        "message_and_next_step_told": "update {t} set message = null",
        "no_small_groups": "update {t} set n_affected = 24",
    },
    "linkage_driver_shares": {
        **companion("one_row_per_item", "component, item"),
        "no_small_groups": (
            "update published.linkage_estimates set n_units = 99 where question_id = 'driver'"
        ),
        "shares_in_range": "update {t} set share_high = 1.1 where rowid = 0",
        "shares_add_up": "update {t} set share = 0.3 where rowid = 1",
        "intervals_in_order": "update {t} set share_low = 0.8 where rowid = 0",
        "ranks_complete": "update {t} set rank = 1",
        "top_set_fits_ranks": "update {t} set is_in_top_set = false where rowid = 0",
        "correlation_possible": "update {t} set zero_order_r = -1.2 where rowid = 0",
        "correlation_rounded": "update {t} set zero_order_r = 0.426 where rowid = 0",
        "above_noise_fits_interval": "update {t} set is_above_noise = false where rowid = 0",
    },
    "linkage_lag_profiles": {
        **companion("one_row_per_lag", "lag"),
        **ERRORS,
        "no_small_groups": "update {t} set n_pairs = 49 where rowid = 0",
        "profile_complete": (
            "update {t} set share_of_draws = 0.98 where lag = 1; delete from {t} where lag = -1"
        ),
        "band_holds_slope": "update {t} set slope = 0.4 where rowid = 0",
        "lag_set_not_empty": "update {t} set is_in_lag_set = false",
        "draws_add_up": "update {t} set share_of_draws = 0.5 where lag = 1",
    },
    "linkage_binned_curves": {
        **companion("one_row_per_bin", "bin"),
        **ERRORS,
        "no_small_groups": "update {t} set n_units = 9 where bin = 1",
        "hidden_bins_stay_hidden": (
            "update published.linkage_estimates set n_units = 189 where question_id = 'curve'"
        ),
        "bins_in_order": "update {t} set mean_x = 1.5 where bin = 3",
        "interval_holds_mean": "update {t} set mean_y = 9 where bin = 3",
    },
    "linkage_segment_forests": {
        **companion("one_row_per_segment", "segment_by, segment"),
        "no_small_groups": "update {t} set n_units = 19, n_clusters = 8 where rowid = 0",
        "rest_large_enough": "update {t} set n_units = 99 where rowid = 0",
        "shrunken_within_slopes": "update {t} set slope_shrunken = 0.29 where rowid = 0",
        "errors_possible": "update {t} set df = 0 where rowid = 0",
    },
    "linkage_reliability": {
        **companion("one_row_per_period", "measure, period_index"),
        "no_small_groups": "update {t} set n_units = 9 where rowid = 0",
        "measure_of_the_question": "update {t} set measure = 'csat' where rowid = 0",
        "period_known": UNKNOWN_PERIOD,
        "values_possible": "update {t} set icc1 = 1.01 where rowid = 0",
        "interval_holds_icc2": "update {t} set icc2 = 0.9 where rowid = 0",
    },
    "linkage_attribution_rules": {
        "no_other_columns": "alter table {t} add column unit_id varchar",
        "no_small_groups": "update {t} set n_units = 19 where rowid = 0",
        "values_possible": "update {t} set conf_low = 0.5",
        "more_feedback_with_every_rung": "update {t} set share_of_feedback = 0.5 where rowid = 1",
        "one_row_per_rule": (
            "update {t} set last_method = 'direct_unit', rule = 'agent' where rowid = 1"
        ),
    },
    "linkage_nonresponse": {
        "no_other_columns": "alter table {t} add column n_expected bigint",
        "means_of_shown_cells": (
            "update {t} set unweighted = unweighted + 0.5 where quantity = 'mean'"
        ),
        "no_small_groups": "update {t} set n_units = 19 where quantity = 'r'",
        "values_possible": "update {t} set design_effect = 0.9",
        "one_row_per_number": "insert into {t} from {t} where quantity = 'r'",
    },
    "linkage_period_slopes": {
        **companion("one_row_per_period", "period_index, slope"),
        **ERRORS,
        "no_small_groups": (
            "update marts.linkage_panel set x_status = 'absent'"
            " where period_id = '2024-02' and unit_id < 'u14'"
        ),
        "hidden_slopes_stay_hidden": (
            "update {t} set slope = null, std_error = null where rowid = 0",
            {"refits_only_of_shown_slopes"},
        ),
        "period_known": (UNKNOWN_PERIOD, {"no_small_groups"}),
        "refits_only_of_shown_slopes": (
            "update {t} set slope = null, std_error = null where rowid < 2"
        ),
        "alerts_fit_refits": "update {t} set is_alert = true where rowid = 0",
    },
    "dim_units": {**COLUMNS, **SAME_ROWS},
    "dim_teams": {**COLUMNS, **SAME_ROWS},
    "dim_locations": {**COLUMNS, **SAME_ROWS},
    "dim_metrics": {
        **COLUMNS,
        **SAME_ROWS,
        "scales_in_order": "update {t} set answer_min = 5, answer_max = 1",
    },
    "periods": {**COLUMNS, **SAME_ROWS},
    "data_dictionary": {
        "every_column_described": "delete from {t} where rowid = 0",
        # the new column is not in the dictionary itself, of course
        "no_other_columns": (COLUMNS["no_other_columns"], {"every_column_described"}),
    },
    "publication": {
        "one_row": "insert into {t} select * from {t}",
        "no_small_groups": (
            "update {t} set threshold_employee = 2; update raw.declared_settings"
            " set value_text = '2' where setting = 'threshold_employee'"
        ),
        "thresholds_as_declared": "update {t} set threshold_customer = 6",
    },
}
