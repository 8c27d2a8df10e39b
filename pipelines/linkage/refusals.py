"""Words for rows that were refused, by the code of the guard that decided.

Here: one sentence per refusing guard, filled from the counts of the row (two for too few units: a
link needs 20, bends, items and quarters more). Not here: the guards'
messages with their own numbers (the guard rows carry those) or sentences of estimates.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.linkage.sample_checks import MIN_UNITS

REFUSALS = {
    "duplicate_keys": (
        "The input holds more than one row for a unit and period, so nothing was "
        "computed."
    ),
    "counts_do_not_add_up": (
        "Counts of promoters, passives and detractors do not sum to the answers, so "
        "nothing was computed."
    ),
    "out_of_range": "Scores lie outside the declared scale, so nothing was computed.",
    "scale_break": "The scale of a score changes during the window, so nothing was computed.",
    "identical_measures": "Both scores are the same numbers, so nothing was computed.",
    "same_respondents": (
        "The same people answered both surveys, so the two scores share their errors and "
        "no link is computed."
    ),
    "overlapping_windows": (
        "Periods share answers with the one before, so changes between them say nothing."
    ),
    "individual_level": (
        "Single employees would be joined to single customers; only groups are compared."
    ),
    "inverse_variance_weights": (
        "Weights by each cell's own variance were asked for; they distort scores, so "
        "nothing was computed."
    ),
    "mediator_as_control": (
        "A consequence of the employee score was asked for as a control, so no adjusted "
        "link is computed."
    ),
    "post_hoc_power": (
        "Power computed from the observed effect says nothing new, so it is not given."
    ),
    "zero_variance": "One of the scores does not vary between units, so there is nothing to link.",
    "no_within_variation": (
        "One of the scores does not change within units, so nothing can be said about "
        "change."
    ),
    "one_voice_missing": (
        "One of the two voices was not heard in this window, so there is nothing to link."
    ),
    "too_few_units": (
        "Only {sample}: too few to tell a link from chance"
        "{smallest}. Scores are shown without a correlation."
    ),
    "too_few_units_of_more": "Only {sample}: too few for this question.",
    "one_cluster": (
        "All {units} belong to one {one_group}, so the uncertainty of a link cannot be "
        "judged."
    ),
    "few_clusters": (
        "{few_groups}, or almost all in a few of them: too few to"
        " judge the uncertainty of a link."
    ),
    "too_few_periods": "Too few periods for this question: {periods}.",
    "too_few_units_per_lag": "Too few units are present at every lag to order the two series.",
    "unequal_spacing": "Periods are not equally spaced, so lags cannot be compared.",
    "repeated_values": "Most scores repeat the period before, so changes say little.",
    "counts_unknown": (
        "The number of answers behind the scores is unknown, so sampling error cannot be "
        "removed."
    ),
    "overlap_unknown": (
        "It is unknown whether the same people answer every time, so sampling error "
        "cannot be removed."
    ),
    "overlap_cells_differ": (
        "The sums of recurring respondents belong to other cells, so sampling error "
        "cannot be removed."
    ),
    "low_reliability": "The scores are too noisy for a corrected value; the observed one stands.",
    "not_estimable": (
        "Not estimable: without sampling noise no variation is left, or the correlation would "
        "pass 1."
    ),
    "too_many_covariates": "Too many covariates for {units}; no adjusted link is computed.",
    "rare_covariate_level": "A covariate level has too few units to be held fixed.",
    "collinear_covariates": "The covariates repeat each other and cannot be held fixed together.",
    "too_few_items": "At least two items are needed to share out explained variance.",
    "too_many_items": "Too many items to share out explained variance; combine them into themes.",
    "too_few_segments": "Fewer than two segments are large enough to be compared.",
    "disclosure": (
        "One unit carries too much of this link: a number would give away its score."
    ),
    "overlap": (
        "Withheld: all units less the segments shown would leave fewer than ten, whose scores"
        " could be worked out."
    ),
    "single_group": "Too many units share one score to compare groups or to see a bend.",
}  # fmt: skip


def refusal_of(row: Mapping[str, Any]) -> str:
    """Which words a refused row takes: those of its guard, but for units enough for a link.

    >>> refusal_of({"guard_code": "too_few_units", "n_units": 103})
    'too_few_units_of_more'
    """
    code = row.get("guard_code") or ""
    enough = code == "too_few_units" and (row.get("n_units") or 0) >= MIN_UNITS
    return "too_few_units_of_more" if enough else code
