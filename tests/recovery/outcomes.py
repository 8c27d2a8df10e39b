"""What every recovery design is made of: its row, and how outcomes are read from result rows.

A user sees rows, so designs read rows. NaN means the outcome does not apply to that repetition.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pipelines.linkage import Linkage
from tests.recovery.worlds import Rng

Outcomes = dict[str, float]
NAN = float("nan")
CLEAN: dict[str, Any] = {"respondent_overlap": "none"}


@dataclass(frozen=True)
class Design:
    """One design; ``accept`` maps an outcome to the lowest and highest accepted mean."""

    key: str
    title: str
    run: Callable[[Rng], Outcomes]
    accept: dict[str, tuple[float, float]] = field(default_factory=dict)
    cost: float = 1.0


def covers(row: dict[str, Any], truth: float) -> float:
    """Whether a shown interval holds the truth; NaN when the row is refused."""
    if row["verdict"] == "refused":
        return NAN
    if row["conf_shape"] == "unbounded":
        return 1.0
    inside = row["conf_low"] <= truth <= row["conf_high"]
    return float(not inside if row["conf_shape"] == "exclusive" else inside)


def slope_row(result: Linkage, component: str) -> dict[str, Any]:
    """The slope row of a component."""
    return result.row(component=component, effect_type="slope")


def found(result: Linkage) -> float:
    """Whether the question was answered by a link in either direction; NaN when refused."""
    verdict = slope_row(result, "observed")["verdict"]
    return NAN if verdict == "refused" else float(verdict in ("supported", "opposite"))


def rejects(row: dict[str, Any]) -> float:
    """Whether a test rejects at .05; NaN when the row is refused."""
    return NAN if row["p_value"] is None else float(row["p_value"] <= 0.05)


def value_of(row: dict[str, Any]) -> float:
    """The estimate of a row; NaN when it is refused."""
    return NAN if row["estimate"] is None else row["estimate"]
