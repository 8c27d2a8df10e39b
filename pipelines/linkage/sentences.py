"""Plain-language sentences, made from one result row and nothing else.

Here: templates per estimand and the words for refusals. Not here: any number that is not in the
row. No template says that one score brings about the other; a test looks for such words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Row = Mapping[str, Any]

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
    "too_few_units": (
        "Only {n_units} units in {n_clusters} groups: too few to tell a link from chance."
        " Scores are shown without a correlation."
    ),
    "one_cluster": (
        "All {n_units} units belong to one group, so the uncertainty of a link cannot be "
        "judged."
    ),
    "few_clusters": (
        "{n_units} units in only {n_clusters} groups, or almost all in a few of them: too"
        " few to judge the uncertainty of a link."
    ),
    "too_few_periods": "{n_periods} periods are too few for this question.",
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
    "not_estimable": "Not estimable: sampling noise explains all observed variation.",
}  # fmt: skip


def sentence(row: Row) -> str:
    """What a row says, in words an HR or CX reader can use.

    >>> sentence({"verdict": "refused", "guard_code": "too_few_units", "n_units": 12,
    ...     "n_clusters": 3})
    'Only 12 units in 3 groups: too few to tell a link from chance. Scores are shown without a correlation.'
    """
    if row.get("verdict") == "refused":
        template = REFUSALS.get(
            row.get("guard_code") or "", "Not computed; see the guards of this question."
        )
        return template.format_map({k: row.get(k) for k in ("n_units", "n_clusters", "n_periods")})
    if row.get("estimate") is None and row.get("direction") is None:
        return "Not available."
    text = TEMPLATES.get(row["estimand"], _generic)(row)
    return " ".join(part for part in (text, _doubt(row)) if part)


def _number(value: float | None, signed: bool = False) -> str:
    if value is None:
        return "unknown"
    digits = 2 if abs(value) < 10 else 1
    return f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"


def interval(row: Row) -> str:
    """The interval in words, whatever its shape."""
    level = f"{100 * row['conf_level']:.0f}%"
    if row.get("conf_shape") == "unbounded":
        return f"{level} interval without bounds: the data fit any value"
    if row.get("conf_low") is None or row.get("conf_high") is None:
        return "no interval"
    low, high = _number(row["conf_low"]), _number(row["conf_high"])
    if row.get("conf_shape") == "exclusive":
        return f"{level} interval: anything below {low} or above {high}"
    return f"{level} interval {low} to {high}"


def _corrected(row: Row) -> str:
    return "; corrected for small samples" if row["component"] == "corrected" else "; as measured"


def _higher(row: Row) -> str:
    value = row["estimate"]
    return f"{_number(abs(value))} {row['unit_y']} {'higher' if value >= 0 else 'lower'}"


def _sizes(row: Row) -> str:
    n = row.get("n_responses_x")
    known = "" if n is not None else ", number of answers unknown"
    return f"{row['n_units']} units in {row['n_clusters']} groups{known}"


def _answer_count(row: Row) -> str:
    return "" if row.get("n_responses_x") is not None else " (number of answers unknown)"


def _between(row: Row) -> str:
    if row["component"].startswith("reliability"):
        which = row["x_label"] if row["component"] == "reliability_x" else row["y_label"]
        return f"Of the differences between units in {which}, {row['estimate']:.0%} are more than sampling noise ({interval(row)})."
    if row["effect_type"] == "r":
        return (
            f"Across {_sizes(row)}, {row['x_label']} and {row['y_label']} go together with a "
            f"correlation of {row['estimate']:.2f} ({interval(row)}{_corrected(row)})."
        )
    return (
        f"Across {row['n_units']} units{_answer_count(row)}, a unit {row['per']} higher in {row['x_label']} has "
        f"customers {_higher(row)} ({interval(row)}{_corrected(row)}). This compares units; it does "
        f"not show that raising {row['x_label']} would raise {row['y_label']}."
    )


def _generic(row: Row) -> str:
    return (
        f"{row['component'].replace('_', ' ').capitalize()} ({row['effect_type']}) is "
        f"{_number(row['estimate'])} ({interval(row)})."
    )


def _doubt(row: Row) -> str:
    if row.get("verdict") == "practically_none":
        return "Whatever link there is, it is smaller than the smallest one declared to matter."
    if row.get("verdict") != "inconclusive" or row["effect_type"] == "F":
        return ""
    smallest = (
        f" The smallest link that could be seen is {_number(row['mde'])}." if row.get("mde") else ""
    )
    low, high = row.get("conf_low"), row.get("conf_high")
    if row.get("conf_shape", "bounded") == "bounded" and low is not None and low <= 0 <= high:
        return f"We cannot tell: the interval holds zero.{smallest}"
    return f"We cannot tell.{smallest}"


TEMPLATES: dict[str, Callable[[Row], str]] = {"between": _between}
