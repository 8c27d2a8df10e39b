"""Words for the numbers of one result row: values, intervals, sizes, doubt.

Here: phrases every sentence shares. Not here: the sentences of an estimand (``sentences``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
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


def sizes(row: Row) -> str:
    """Units and groups of a row."""
    n = row.get("n_responses_x")
    known = "" if n is not None else ", number of answers unknown"
    return f"{row['n_units']} units in {row['n_clusters']} groups{known}"


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
