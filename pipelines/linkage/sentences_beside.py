"""Plain-language sentences of what stands beside the link: items, segments, reliability, change.

Here: templates of the estimands that describe scores or split a link up. Not here: the sentences of
the link itself and the choice of a template (``sentences``).
"""

from __future__ import annotations

from collections.abc import Callable

from pipelines.linkage.wording import (
    Row,
    corrected,
    higher,
    interval,
    level_names,
    number,
    percent,
)  # fmt: skip


def generic(row: Row) -> str:
    """Name and number, for a row that has no template."""
    return (
        f"{row['component'].replace('_', ' ').capitalize()} ({row['effect_type']}) is "
        f"{number(row['estimate'])}."
    )


def driver(row: Row) -> str:
    """Shares, ranks and correlations of items, across units or inside them."""
    where = " within units" if row.get("level") == "unit_period" else ""
    if row["component"] == "top_set":
        return f"The item that goes with {row['y_label']} most{where} is among: {row['term']}."
    if row["component"] == "above_noise":
        low = row["conf_low"]
        found = "more" if low is not None and low > 0 else "not shown to be more"
        return (
            f"{row['term']} explains {found} than an item of random numbers{where} "
            f"({number(row['estimate'])}, {interval(row)})."
        )
    if row["component"] == "rank":
        return f"{row['term']} ranks {row['estimate']:.0f}{where} ({interval(row)})."
    if row["effect_type"] == "share":
        return (
            f"{row['term']} has {percent(row['estimate'])} of the explained variance of "
            f"{row['y_label']}{where} ({interval(row)}{corrected(row)}); a share only describes."
        )
    how = corrected(row)
    if row["term"] == "r_squared":
        return (
            f"All items together explain {percent(row['estimate'])} of the variance of "
            f"{row['y_label']}{where} ({interval(row)}{how})."
        )
    if row["effect_type"] == "variance":
        return (
            f"{row['term']} explains {number(row['estimate'])} of the variance of {row['y_label']}"
            f"{where} ({interval(row)}{how})."
        )
    return (
        f"{row['term']} alone and {row['y_label']} go together{where} with a correlation of "
        f"{row['estimate']:.2f}{how.replace(';', ',', 1)}."
    )


def equality_of_segments(row: Row) -> str:
    """Whether segments differ, and how much their true slopes spread."""
    one, many = level_names(row["segment_by"])
    value = number(row["estimate"])
    if row["effect_type"] == "F":
        found = "differs" if row.get("verdict") == "supported" else "is not shown to differ"
        return f"The link {found} between {many} (F {value}{corrected(row)})."
    words = {
        "tau2": f"The true slopes of the {many} vary with a variance of {value}.",
        "Q": f"The slopes of the {many} differ by {value} in Cochran's Q.",
        "I2": f"Of the differences between the slopes of the {many}, {row['estimate']:.0f}% are "
        "more than chance.",
        "mean_slope": f"The mean slope of the {many} is {value}.",
        "prediction_interval": f"In another {one} the true slope is expected near {value} "
        f"({interval(row)}).",
    }
    return words.get(row["component"]) or generic(row)


def contrast(row: Row) -> str:
    """Top quarter of units against bottom quarter."""
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


def aggregation(row: Row) -> str:
    """Reliability of unit means, and agreement inside units."""
    value, shown = row["estimate"], number(row["estimate"])
    which = row["x_label"] if row["term"] == "mean_e" else row["y_label"]
    if row["component"] == "icc1":
        doubt = "; teams hardly differ" if value < 0.05 else ""
        return (
            f"Of the differences between single answers to {which}, {value:.1%} lie between "
            f"units{doubt}."
        )
    if row["component"] == "icc2":
        words = (
            "too noisy to rank units"
            if value < 0.5
            else "usable with care"
            if value < 0.7
            else "fine"
        )
        return f"Unit means of {which} have a reliability of {value:.2f}: {words}."
    skewed = "slight_skew" in (row.get("method") or "")
    null = "slightly skewed answers at random" if skewed else "answers at random"
    words_of = {
        "rwgj": f"Members of a unit agree on {which} with an rwg(j) of {shown} on average, against "
        f"{null}.",
        "rwgj_median": f"Half of the units agree on {which} with an rwg(j) of {shown} or more, "
        f"against {null}.",
        "rwgj_share_070": f"In {percent(value)} of the units rwg(j) on {which} is .70 or more, "
        f"against {null}.",
        "F": f"In the latest period the means of units in {which} vary {shown} times as much as "
        "chance alone would make them (F).",
        "F_test": f"Were all units alike in {which}, means so far apart would come up with a "
        f"probability of {probability(value)}.",
        "MSB": f"The mean square of {which} between units is {shown}.",
        "MSW": f"The mean square of {which} inside units is {shown}.",
        "n0": f"A unit has {shown} answers to {which}, as unequal units are averaged.",
    }
    return words_of.get(row["component"]) or generic(row)


def probability(p: float) -> str:
    """A probability, as small as it is told."""
    return "less than .001" if p < 0.001 else f"{p:.3f}"


def change(row: Row) -> str:
    """A slope before and after a date."""
    if row["component"] == "rolling_refit":
        return (
            "The slope of the latest periods differs from that of the first ones by "
            f"{number(row['estimate'], signed=True)}, {number(row['statistic'])} standard errors."
        )
    return (
        f"The slope between units changed by {number(row['estimate'], signed=True)} from period "
        f"index {row['term'].rsplit('_', 1)[-1]} on ({interval(row)})."
    )


def nonlinear(row: Row) -> str:
    """Whether the link bends, and where."""
    if row["component"] == "threshold":
        return f"The link bends near {number(row['estimate'])} ({interval(row)})."
    if row["component"] == "slope_change":
        return (
            f"Above the bend the slope is {number(abs(row['estimate']))} "
            f"{'steeper' if row['estimate'] >= 0 else 'flatter'}."
        )
    if row["effect_type"] in ("F", "curvature"):
        found = "A bend" if row.get("verdict") == "supported" else "No bend"
        return f"{found} was found along {row['x_label']}; noise in scores hides bends."
    return generic(row)


def power(row: Row) -> str:
    """What could be seen with these units."""
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
    if row["component"] == "design_effect":
        one, _ = level_names(row["cluster"])
        return (
            f"Units of one {one} repeat each other: {number(row['estimate'])} of them tell as much "
            "as one by itself."
        )
    return generic(row)


BESIDE: dict[str, Callable[[Row], str]] = {
    "driver": driver, "contrast": contrast, "aggregation": aggregation, "change": change,
    "nonlinear": nonlinear, "power": power,
}  # fmt: skip
