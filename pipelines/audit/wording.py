"""Findings in words: cells and equations as a person would write them.

What belongs here: names and sums as text. What does not: what is a finding (audit.attacks).
"""

from __future__ import annotations

from pipelines.audit.evidence import Evidence
from pipelines.audit.relations import Key, Remainder

MOST = 6


def cell_name(evidence: Evidence, key: Key, *, short: bool = False) -> str:
    """`nps, team T1, 2025-03`; short: without the metric.

    A key that ends in a release's name is of the group as it was then.
    """
    metric, level, unit, period, *then = key
    place = "company" if level == "company" else f"{level} {unit}"
    place += "".join(f" as in release {release}" for release in then)
    return f"{place}, {period}" if short else f"{metric}, {place}, {period}"


def equation(evidence: Evidence, one: Remainder) -> str:
    """`nps, location Bergen, 2025-03 n=41 less unit A n=20, unit B n=14`."""
    parts = [f"{_place(one.total, key)} {_told(evidence, key)}" for key in one.subtracted[:MOST]]
    if len(one.subtracted) > MOST:
        parts.append(f"{len(one.subtracted) - MOST} others")
    less = f" less {', '.join(parts)}" if parts else ""
    return f"{cell_name(evidence, one.total)} {_told(evidence, one.total)}{less}"


def _told(evidence: Evidence, key: Key) -> str:
    release = evidence.told_in.get(key)
    return f"n={evidence.cells[key].answers}" + (f" (release {release})" if release else "")


def _place(total: Key, key: Key) -> str:
    period = "" if key[3] == total[3] else f", {key[3]}"
    return ("company" if key[1] == "company" else f"{key[1]} {key[2]}") + period
