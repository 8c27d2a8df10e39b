"""Plain-language sentences, made from one result row and nothing else.

Here: the choice of a template, and those of the link itself; ``sentences_beside`` has the others,
``refusals`` the words for refusals. Not here: any number that is not in the row. No template says
that one score brings about the other; a test looks for such words.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.linkage.refusals import REFUSALS, refusal_of
from pipelines.linkage.sentences_beside import BESIDE, equality_of_segments, generic
from pipelines.linkage.wording import (
    Row,
    answer_count,
    corrected,
    counted,
    doubt,
    higher,
    interval,
    level_names,
    listed,
    number,
    percent,
    sizes,
    smallest_seen,
    units_in_groups,
)  # fmt: skip


def sentence(row: Row) -> str:
    """What a row says, in words an HR or CX reader can use.

    >>> sentence({"verdict": "refused", "guard_code": "too_few_units", "n_units": 12,
    ...     "n_clusters": 3})[:42] + " ..."
    'Only 12 units in 3 groups: too few to tell ...'
    """
    if row.get("verdict") == "refused":
        template = REFUSALS.get(
            refusal_of(row), "Not computed; see the guards of this question."
        )
        counts = {
            "units": counted(row.get("n_units"), "unit"),
            "sample": units_in_groups(row),
            "few_groups": units_in_groups(row, "only "),
            "periods": counted(row.get("n_periods"), "period"),
            "one_group": level_names(row.get("cluster"))[0],
        }
        return template.format_map(counts | {"smallest": smallest_seen(row.get("n_units"))})
    if row.get("estimate") is None and row.get("direction") is None:
        return "Not available."
    text = TEMPLATES.get(row["estimand"], generic)(row)
    return " ".join(part for part in (text, doubt(row)) if part)


def _between(row: Row) -> str:
    if row["component"].startswith("reliability"):
        which = row["x_label"] if row["component"] == "reliability_x" else row["y_label"]
        share = percent(row["estimate"])
        return (
            f"Of the differences between units in {which}, {share} are more than sampling noise "
            f"({interval(row)})."
        )
    if row["effect_type"] == "interaction":
        return (
            f"Among the units kept, the slope changes by {number(row['estimate'], signed=True)} "
            f"with every doubling of the headcount ({interval(row)}{corrected(row)}). If it "
            "changes, the small units left out would have shown another link."
        )
    if row["component"] == "credibility_weighted":
        return (
            f"With weights by number of answers, a unit {row['per']} higher in {row['x_label']} "
            f"has customers {higher(row)}."
        )
    if row["effect_type"] == "r":
        return (
            f"Across {sizes(row)}, {row['x_label']} and {row['y_label']} go together with a "
            f"correlation of {row['estimate']:.2f} ({interval(row)}{corrected(row)})."
        )
    units = counted(row["n_units"], "unit")
    return (
        f"Across {units}{answer_count(row)}, a unit {row['per']} higher in {row['x_label']} has "
        f"customers {higher(row)} ({interval(row)}{corrected(row)}). This compares units; it does "
        f"not show that raising {row['x_label']} would raise {row['y_label']}."
    )


def _within(row: Row) -> str:
    if row["component"].startswith("reliability"):
        which = row["x_label"] if row["component"] == "reliability_x" else row["y_label"]
        share = percent(row["estimate"])
        return (
            f"Of the movement of {which} inside units, {share} is more than sampling noise "
            f"({interval(row)})."
        )
    if row["component"].startswith("sensitivity"):
        error = "smaller" if row["component"].endswith("low") else "larger"
        value = number(row["estimate"])
        return f"With sampling error 5% {error} the corrected slope would be {value}."
    if row["component"] == "bracket":
        return (
            f"If it were known whether the same people answer every time, the slope would lie "
            f"near {number(row['conf_low'])} to {number(row['conf_high'])}; these are bounds, "
            "not an interval."
        )
    if row["component"] == "hybrid":
        return HYBRID_WORDS[row["term"]].format(
            value=number(row["estimate"]), interval=interval(row)
        )
    lead = f"Within the same unit over {counted(row['n_periods'], 'period')}"
    if row["effect_type"] == "r":
        kind = " (descriptive)" if (row.get("method") or "").startswith("rmcorr") else ""
        return (
            f"{lead}, {row['x_label']} and {row['y_label']} move together with a correlation of "
            f"{row['estimate']:.2f}{kind} ({interval(row)}{corrected(row)})."
        )
    return (
        f"{lead}, customers are {higher(row)} when {row['x_label']} is {row['per']} higher "
        f"({interval(row)}{corrected(row)}). Something else may move both."
    )


HYBRID_WORDS = {
    "within": (
        "In one model of both levels (as measured, locations taken as independent) the slope "
        "within units is {value} ({interval})."
    ),
    "between": (
        "In one model of both levels (as measured, locations taken as independent) the slope "
        "between units is {value} ({interval})."
    ),
    "contextual": (
        "In one model of both levels the slope between units is larger than the one within units "
        "by {value} ({interval}); sampling noise makes this difference too large."
    ),
}
DIRECTION_WORDS = {
    "employees_lead": "employees move first",
    "customers_lead": "customers move first",
    "same_period": "both move in the same period",
    "both_directions": "each side moves before the other at some lag",
    "direction_unclear": "the data do not say which side moves first",
}


def _lag(row: Row) -> str:
    if row["term"] != "argmax":
        shift = row["lag"]
        when = (
            f"{counted(abs(shift), 'period')} {'earlier' if shift > 0 else 'later'}"
            if shift
            else "in the same period"
        )
        value = number(row["estimate"])
        return f"With employees {when}, the slope is {value} ({interval(row)}, all lags together)."
    return (
        f"The link is strongest at lag {row['lag']} (above zero: employees earlier); lags "
        f"{row['lag_set']} cannot be told apart: {DIRECTION_WORDS[row['direction']]}. A third "
        "cause that reaches one side first would look the same."
    )


HELD = {
    "period": "the period", "region_id": "the region", "location_id": "the location",
    "unit_id": "the unit", "log_headcount": "team size", "channel_mix": "the channel mix",
}  # fmt: skip
"""What a rung of the ladder holds fixed, in words; other covariates keep their own name."""


def _adjusted(row: Row) -> str:
    if row["component"] == "robustness_value":
        share = percent(row["estimate"])
        return (
            f"An unmeasured cause would need to explain {share} of what is left of both scores to "
            "erase this link."
        )
    held = listed([HELD.get(name, name) for name in (row["adjusted_for"] or "").split(",")])
    value = number(row["estimate"])
    kind = "correlation" if row["effect_type"] == "r" else "slope"
    return f"With {held} held fixed the {kind} is {value} ({interval(row)}{corrected(row)})."


def _segment(row: Row) -> str:
    if row["segment"] is None:
        return equality_of_segments(row)
    one, _ = level_names(row["segment_by"])
    return f"In {one} {row['segment']}: {_between(row)}"


TEMPLATES: dict[str, Callable[[Row], str]] = {
    "between": _between, "within": _within, "lag": _lag, "adjusted": _adjusted,
    "segment": _segment, **BESIDE,
}  # fmt: skip
