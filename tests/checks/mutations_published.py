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


SAME_ROWS = {"same_rows_as_marts": "delete from {t} where rowid = 0"}
COLUMNS = {"no_other_columns": "alter table {t} add column headcount bigint"}

PUBLISHED: dict[str, dict[str, Mutation]] = {
    "employee_unit_period_metrics": cells("engagement", "customer"),
    "customer_unit_period_metrics": cells("nps", "employee"),
    "unit_period_scores": {
        "no_small_groups": (
            "update marts.unit_period_metrics set n_people = 4 where unit_id = 'u0'"
        ),
        "hidden_values_are_null": f"update {{t}} set response_share = 0.2 where {HIDDEN}",
        "values_in_range": "update {t} set customer_score = 101 where rowid = 0",
        "values_rounded": "update {t} set response_share = 0.605 where rowid = 0",
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
    "dim_units": {**COLUMNS, **SAME_ROWS},
    "dim_teams": {**COLUMNS, **SAME_ROWS},
    "dim_locations": {**COLUMNS, **SAME_ROWS},
    "dim_metrics": {**COLUMNS, **SAME_ROWS},
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
