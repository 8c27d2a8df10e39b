"""Words for the numbers of one result row: values, intervals, sizes, doubt.

Here: phrases every sentence shares. Not here: the sentences of an estimand (``sentences``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import NormalDist
from typing import Any

Row = Mapping[str, Any]
MIN_FOR_INTERVAL = 5
SEEN_AT = NormalDist().inv_cdf(0.975) + NormalDist().inv_cdf(0.80)
"""Standard errors at which a link is seen with 80% power."""


def smallest_seen(n_units: int | None) -> str:
    """The smallest correlation that so many units could show, were they independent."""
    if not n_units or n_units < MIN_FOR_INTERVAL:
        return ""
    r = math.tanh(SEEN_AT / math.sqrt(n_units - 3))
    return f" (smallest correlation that could be seen: {r:.2f})"


def number(value: float | None, signed: bool = False) -> str:
    """A number with two decimals, one from ten on."""
    if value is None:
        return "unknown"
    digits = 2 if abs(value) < 10 else 1
    return f"{value:+.{digits}f}" if signed else f"{value:.{digits}f}"


def percent(share: float) -> str:
    """A share in percent; never more exact than it is told.

    >>> percent(0.999), percent(0.0004), percent(0.412)
    ('more than 99%', 'less than 1%', '41%')
    """
    if 0.995 <= share < 1:
        return "more than 99%"
    return "less than 1%" if 0 < share < 0.005 else f"{share:.0%}"


def counted(n: int | None, noun: str) -> str:
    """A number of things, in the singular for one.

    >>> counted(1, "period"), counted(12, "unit")
    ('1 period', '12 units')
    """
    return f"{'an unknown number of' if n is None else f'{n:,}'} {noun}{'' if n == 1 else 's'}"


def listed(names: Sequence[str]) -> str:
    """Names as a list is spoken.

    >>> listed(["the period", "the region", "team size"])
    'the period, the region and team size'
    """
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


LEVELS = {"location_id": ("location", "locations"), "region_id": ("region", "regions"),
          "unit_id": ("unit", "units"), None: ("group", "groups")}  # fmt: skip


def level_names(column: str | None) -> tuple[str, str]:
    """A level of the organisation in words, one and many.

    >>> level_names("region_id"), level_names("journey_stage")
    (('region', 'regions'), ('journey stage', 'groups by journey stage'))
    """
    if column in LEVELS:
        return LEVELS[column]
    name = str(column).removesuffix("_id").replace("_", " ")
    return name, f"groups by {name}"


def groups(row: Row) -> str:
    """How many clusters a row has, by the name of their level."""
    one, many = level_names(row.get("cluster"))
    n = row.get("n_clusters")
    return f"{'an unknown number of' if n is None else n} {one if n == 1 else many}"


def interval(row: Row) -> str:
    """The interval in words, whatever its shape."""
    level = f"{100 * row['conf_level']:.0f}%"
    if row.get("conf_shape") == "unbounded":
        return f"{level} interval without bounds: the data fit any value"
    if row.get("conf_low") is None or row.get("conf_high") is None:
        return "no interval"
    low, high = number(row["conf_low"]), number(row["conf_high"])
    if row.get("conf_shape") == "exclusive":
        return f"{level} interval: anything below {low} or above {high}"
    return f"{level} interval {low} to {high}"


def corrected(row: Row) -> str:
    """Whether sampling error was removed."""
    return "; corrected for small samples" if row["component"] == "corrected" else "; as measured"


def higher(row: Row) -> str:
    """The size of a difference and its direction."""
    value = row["estimate"]
    return f"{number(abs(value))} {row['unit_y']} {'higher' if value >= 0 else 'lower'}"


def units_in_groups(row: Row, few: str = "") -> str:
    """Units of a row, and the groups they belong to; none where each unit is by itself.

    >>> units_in_groups({"n_units": 32, "n_clusters": 32, "cluster": "unit_id"})
    '32 units'
    >>> units_in_groups({"n_units": 32, "n_clusters": 8, "cluster": "location_id"})
    '32 units in 8 locations'
    """
    units = counted(row.get("n_units"), "unit")
    return units if row.get("cluster") == "unit_id" else f"{units} in {few}{groups(row)}"


def sizes(row: Row) -> str:
    """Units of a row and their groups, with a remark where the number of answers is unknown."""
    known = "" if row.get("n_responses_x") is not None else ", number of answers unknown"
    return f"{units_in_groups(row)}{known}"


def answer_count(row: Row) -> str:
    """A remark where the number of answers is unknown."""
    return "" if row.get("n_responses_x") is not None else " (number of answers unknown)"


def doubt(row: Row) -> str:
    """What a verdict of no or unclear link means."""
    if row.get("verdict") == "practically_none":
        return "Whatever link there is, it is smaller than the smallest one declared to matter."
    if row.get("verdict") != "inconclusive" or row["effect_type"] == "F":
        return ""
    smallest = (
        f" The smallest link that could be seen is {number(row['mde'])}." if row.get("mde") else ""
    )
    low, high = row.get("conf_low"), row.get("conf_high")
    if low is None or high is None or row.get("conf_shape") == "exclusive" or not low <= 0 <= high:
        return f"We cannot tell.{smallest}"
    return f"We cannot tell: the interval holds zero.{smallest}"
