"""Plain-language sentences, made from one result row and nothing else.

Here: templates per estimand and the words for refusals. Not here: any number that is not in the
row. No template says that one score brings about the other; a test looks for such words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pipelines.linkage.refusals import REFUSALS

Row = Mapping[str, Any]


def sentence(row: Row) -> str:
    """What a row says, in words an HR or CX reader can use.

    >>> sentence({"verdict": "refused", "guard_code": "too_few_units", "n_units": 12,
    ...     "n_clusters": 3})[:42] + " ..."
    'Only 12 units in 3 groups: too few to tell ...'
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
        return (
            f"Of the differences between units in {which}, {row['estimate']:.0%} are more than "
            f"sampling noise ({interval(row)})."
        )
    if row["component"] == "credibility_weighted":
        return (
            f"With weights by number of answers, a unit {row['per']} higher in {row['x_label']} "
            f"has customers {_higher(row)}."
        )
    if row["effect_type"] == "r":
        return (
            f"Across {_sizes(row)}, {row['x_label']} and {row['y_label']} go together with a "
            f"correlation of {row['estimate']:.2f} ({interval(row)}{_corrected(row)})."
        )
    return (
        f"Across {row['n_units']} units{_answer_count(row)}, a unit {row['per']} higher in "
        f"{row['x_label']} has customers {_higher(row)} ({interval(row)}{_corrected(row)}). This "
        f"compares units; it does not show that raising {row['x_label']} would raise "
        f"{row['y_label']}."
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
    if low is None or high is None or row.get("conf_shape") == "exclusive" or not low <= 0 <= high:
        return f"We cannot tell.{smallest}"
    return f"We cannot tell: the interval holds zero.{smallest}"


def _within(row: Row) -> str:
    if row["component"].startswith("reliability"):
        which = row["x_label"] if row["component"] == "reliability_x" else row["y_label"]
        return (
            f"Of the movement of {which} inside units, {row['estimate']:.0%} is more than sampling "
            f"noise ({interval(row)})."
        )
    if row["component"].startswith("sensitivity"):
        error = "smaller" if row["component"].endswith("low") else "larger"
        value = _number(row["estimate"])
        return f"With sampling error 5% {error} the corrected slope would be {value}."
    if row["component"] == "bracket":
        return (
            f"If it were known whether the same people answer every time, the slope would lie "
            f"near {_number(row['conf_low'])} to {_number(row['conf_high'])}; these are bounds, "
            "not an interval."
        )
    lead = f"Within the same unit over {row['n_periods']} periods"
    if row["effect_type"] == "r":
        kind = " (descriptive)" if (row.get("method") or "").startswith("rmcorr") else ""
        return (
            f"{lead}, {row['x_label']} and {row['y_label']} move together with a correlation of "
            f"{row['estimate']:.2f}{kind} ({interval(row)}{_corrected(row)})."
        )
    return (
        f"{lead}, customers are {_higher(row)} when {row['x_label']} is {row['per']} higher "
        f"({interval(row)}{_corrected(row)}). Something else may move both."
    )


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
            f"{abs(shift)} periods {'earlier' if shift > 0 else 'later'}"
            if shift
            else "in the same period"
        )
        value = _number(row["estimate"])
        return f"With employees {when}, the slope is {value} ({interval(row)}, all lags together)."
    return (
        f"The link is strongest at lag {row['lag']} (above zero: employees earlier); lags "
        f"{row['lag_set']} cannot be told apart: {DIRECTION_WORDS[row['direction']]}. A third "
        "cause that reaches one side first would look the same."
    )


def _adjusted(row: Row) -> str:
    if row["component"] == "robustness_value":
        return (
            f"An unmeasured cause would need to explain {row['estimate']:.0%} of what is left of "
            "both scores to erase this link."
        )
    held = (row["adjusted_for"] or "").replace(",", ", ")
    value = _number(row["estimate"])
    kind = "correlation" if row["effect_type"] == "r" else "slope"
    return f"With {held} held fixed the {kind} is {value} ({interval(row)}{_corrected(row)})."


def _driver(row: Row) -> str:
    if row["component"] == "top_set":
        return f"The item that goes with {row['y_label']} most is among: {row['term']}."
    if row["component"] == "rank":
        return f"{row['term']} ranks {row['estimate']:.0f} ({interval(row)})."
    if row["effect_type"] == "share":
        return (
            f"{row['term']} has {row['estimate']:.0%} of the explained variance of "
            f"{row['y_label']} ({interval(row)}{_corrected(row)}); a share only describes."
        )
    value = f"{row['effect_type']} {_number(row['estimate'])}"
    return f"{row['term']}: {value} ({interval(row)}{_corrected(row)})."


def _segment(row: Row) -> str:
    if row["segment"] is not None:
        return f"In {row['segment_by']} {row['segment']}: {_between(row)}"
    if row["effect_type"] == "F":
        found = "differs" if row.get("verdict") == "supported" else "is not shown to differ"
        value = _number(row["estimate"])
        return f"The link {found} between {row['segment_by']} groups (F {value}{_corrected(row)})."
    return _generic(row)


def _contrast(row: Row) -> str:
    if row["effect_type"] == "std_slope":
        return (
            f"A unit one true standard deviation higher in {row['x_label']} has customers "
            f"{_higher(row)} ({interval(row)})."
        )
    groups = {
        "observed": "measured", "corrected": "truly", "split_periods": "measured in other periods",
    }[row["component"]]  # fmt: skip
    return (
        f"Units {groups} in the top quarter of {row['x_label']} have customers {_higher(row)} than "
        f"those in the bottom quarter ({interval(row)})."
    )


def _aggregation(row: Row) -> str:
    value = row["estimate"]
    if row["component"] == "icc1":
        doubt = "; teams hardly differ" if value < 0.05 else ""
        return f"{value:.1%} of the differences between single answers lie between units{doubt}."
    if row["component"] == "icc2":
        words = (
            "too noisy to rank units"
            if value < 0.5
            else "usable with care"
            if value < 0.7
            else "fine"
        )
        return f"Unit means have a reliability of {value:.2f}: {words}."
    return _generic(row)


def _change(row: Row) -> str:
    return (
        f"The slope between units changed by {_number(row['estimate'], signed=True)} from period "
        f"index {row['term'].rsplit('_', 1)[-1]} on ({interval(row)})."
    )


def _nonlinear(row: Row) -> str:
    if row["component"] == "threshold":
        return f"The link bends near {_number(row['estimate'])} ({interval(row)})."
    if row["effect_type"] == "F":
        found = "A bend" if row.get("verdict") == "supported" else "No bend"
        return f"{found} was found along {row['x_label']}; noise in scores hides bends."
    return _generic(row)


def _power(row: Row) -> str:
    if row["component"] == "units_needed":
        return (
            f"To see a true correlation of {row['sesoi']:.2f}, about {row['estimate']:.0f} units "
            "are needed."
        )
    if row["component"] == "smallest_r":
        return (
            f"These {row['n_units']} units can show an observed correlation of "
            f"{row['estimate']:.2f} or more."
        )
    return _generic(row)


TEMPLATES: dict[str, Callable[[Row], str]] = {
    "between": _between, "within": _within, "lag": _lag, "adjusted": _adjusted, "driver": _driver,
    "segment": _segment, "nonlinear": _nonlinear, "contrast": _contrast,
    "aggregation": _aggregation, "change": _change, "power": _power,
}  # fmt: skip
