"""Plain-language sentences, made from one result row and nothing else.

Here: templates per estimand and the words for refusals. Not here: any number that is not in the
row. No template says that one score brings about the other; a test looks for such words.
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.linkage.refusals import REFUSALS
from pipelines.linkage.wording import (
    Row,
    answer_count,
    corrected,
    doubt,
    higher,
    interval,
    number,
    sizes,
    smallest_seen,
)  # fmt: skip


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
        counts = {k: row.get(k) for k in ("n_units", "n_clusters", "n_periods")}
        return template.format_map(counts | {"smallest": smallest_seen(row.get("n_units"))})
    if row.get("estimate") is None and row.get("direction") is None:
        return "Not available."
    text = TEMPLATES.get(row["estimand"], _generic)(row)
    return " ".join(part for part in (text, doubt(row)) if part)


def _between(row: Row) -> str:
    if row["component"].startswith("reliability"):
        which = row["x_label"] if row["component"] == "reliability_x" else row["y_label"]
        return (
            f"Of the differences between units in {which}, {row['estimate']:.0%} are more than "
            f"sampling noise ({interval(row)})."
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
    return (
        f"Across {row['n_units']} units{answer_count(row)}, a unit {row['per']} higher in "
        f"{row['x_label']} has customers {higher(row)} ({interval(row)}{corrected(row)}). This "
        f"compares units; it does not show that raising {row['x_label']} would raise "
        f"{row['y_label']}."
    )


def _generic(row: Row) -> str:
    return (
        f"{row['component'].replace('_', ' ').capitalize()} ({row['effect_type']}) is "
        f"{number(row['estimate'])} ({interval(row)})."
    )


def _within(row: Row) -> str:
    if row["component"].startswith("reliability"):
        which = row["x_label"] if row["component"] == "reliability_x" else row["y_label"]
        return (
            f"Of the movement of {which} inside units, {row['estimate']:.0%} is more than sampling "
            f"noise ({interval(row)})."
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
    lead = f"Within the same unit over {row['n_periods']} periods"
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
            f"{abs(shift)} periods {'earlier' if shift > 0 else 'later'}"
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


def _adjusted(row: Row) -> str:
    if row["component"] == "robustness_value":
        return (
            f"An unmeasured cause would need to explain {row['estimate']:.0%} of what is left of "
            "both scores to erase this link."
        )
    held = (row["adjusted_for"] or "").replace(",", ", ")
    value = number(row["estimate"])
    kind = "correlation" if row["effect_type"] == "r" else "slope"
    return f"With {held} held fixed the {kind} is {value} ({interval(row)}{corrected(row)})."


def _driver(row: Row) -> str:
    if row["component"] == "top_set":
        return f"The item that goes with {row['y_label']} most is among: {row['term']}."
    if row["component"] == "above_noise":
        low = row["conf_low"]
        found = "more" if low is not None and low > 0 else "not shown to be more"
        return (
            f"{row['term']} explains {found} than an item of random numbers "
            f"({number(row['estimate'])}, {interval(row)})."
        )
    if row["component"] == "rank":
        return f"{row['term']} ranks {row['estimate']:.0f} ({interval(row)})."
    if row["effect_type"] == "share":
        return (
            f"{row['term']} has {row['estimate']:.0%} of the explained variance of "
            f"{row['y_label']} ({interval(row)}{corrected(row)}); a share only describes."
        )
    value = f"{row['effect_type']} {number(row['estimate'])}"
    return f"{row['term']}: {value} ({interval(row)}{corrected(row)})."


def _level(row: Row) -> str:
    return str(row["segment_by"]).removesuffix("_id").replace("_", " ")


def _segment(row: Row) -> str:
    if row["segment"] is not None:
        return f"In {_level(row)} {row['segment']}: {_between(row)}"
    if row["effect_type"] == "F":
        found = "differs" if row.get("verdict") == "supported" else "is not shown to differ"
        value = number(row["estimate"])
        return f"The link {found} between {_level(row)} groups (F {value}{corrected(row)})."
    return _generic(row)


def _contrast(row: Row) -> str:
    if row["effect_type"] == "std_slope":
        return (
            f"A unit one true standard deviation higher in {row['x_label']} has customers "
            f"{higher(row)} ({interval(row)})."
        )
    groups = {
        "observed": "measured", "corrected": "truly", "split_periods": "measured in other periods",
    }[row["component"]]  # fmt: skip
    return (
        f"Units {groups} in the top quarter of {row['x_label']} have customers {higher(row)} than "
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
    if row["component"] == "rolling_refit":
        return (
            "The slope of the latest periods differs from that of the first ones by "
            f"{number(row['estimate'], signed=True)}, {number(row['statistic'])} standard errors."
        )
    return (
        f"The slope between units changed by {number(row['estimate'], signed=True)} from period "
        f"index {row['term'].rsplit('_', 1)[-1]} on ({interval(row)})."
    )


def _nonlinear(row: Row) -> str:
    if row["component"] == "threshold":
        return f"The link bends near {number(row['estimate'])} ({interval(row)})."
    if row["effect_type"] in ("F", "curvature"):
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
