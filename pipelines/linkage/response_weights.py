"""Non-response weights: people who answered, weighted to the groups of everybody who could have.

Here: the groups that margins are made of, raking (by the library svy) and the cap. Not here: what
the weights are used for (``nonresponse``). A weight only moves answers between known groups: people
who stayed silent for another reason are still missing.

References: Deming and Stephan (1940) for raking; Kish (1992) for the design effect; Battaglia,
Hoaglin and Frankel (2009) for trimming while raking.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

SMALLEST_GROUP = 20
"""People who answered that a group needs for a margin of its own; smaller ones are pooled."""
OTHERS, UNKNOWN = "(others)", "(unknown)"
_AT_CAP = 1e-6
CAPPINGS = 50
"""Rounds of cutting off and sharing out; each leaves less than half of what was above."""


@dataclass(frozen=True)
class ResponseWeights:
    """Weights of one period, with mean 1 (0 where the survey weighs nobody), and their reach."""

    people: pl.DataFrame
    """person_number and weight of everybody who answered."""
    margins: tuple[str, ...]
    """Columns the weights follow; a column whose groups are too small is left out."""
    n_expected: int
    """People invited, or on the staff list."""
    design_effect: float
    """n x sum of squared weights / squared sum of weights: what the weights cost in precision;
    not a number where nobody has a weight."""
    share_capped: float
    """People whose weight is the cap."""
    largest_gap: float
    """Largest difference left between a group's weighted share and its share of everybody."""


def response_weights(
    people: pl.DataFrame, margins: Sequence[str], cap: float
) -> ResponseWeights | None:
    """Rake those who answered to the margins of everybody; None where no margin can be made.

    `people` is one period: person_number, is_expected, has_answered, weight (design weight, null:
    1) and one text column per margin. No weight is more than `cap` times the mean. People who
    answered without being expected belong to everybody too, so that no answer is lost.
    """
    grouped = people.with_columns(_groups(people, name) for name in margins)
    used = tuple(name for name in margins if grouped[name].n_unique() > 1)
    answered = grouped.filter("has_answered").with_columns(pl.col("weight").fill_null(1.0))
    weighs_nobody = answered["weight"].sum() == 0
    has_design = answered["weight"].n_unique() > 1 or weighs_nobody
    if answered.is_empty() or not (used or has_design):
        return None
    n_expected = int(people["is_expected"].sum())
    if weighs_nobody:
        nobody = answered.select("person_number", "weight")
        return ResponseWeights(nobody, (), n_expected, math.nan, 0.0, 0.0)
    answered = answered.with_columns(pl.col("weight") / pl.col("weight").mean())
    targets = {name: _shares(grouped, name) for name in used}
    started = answered["weight"].to_numpy()
    weights = _capped(_raked(answered, targets, cap) if used else started, cap)
    found = answered.select("person_number", *used, pl.Series("weight", weights))
    return ResponseWeights(
        found.select("person_number", "weight"),
        used,
        n_expected,
        design_effect(found["weight"]),
        float(np.mean(weights >= (1 - _AT_CAP) * cap)),
        max((_gap(found, name, targets[name]) for name in used), default=0.0),
    )


def design_effect(weights: pl.Series) -> float:
    """Kish: how many times larger the variance of a mean is than without weights.

    >>> round(design_effect(pl.Series([1.0, 1.0, 2.0])), 4)
    1.125
    """
    return len(weights) * float((weights**2).sum()) / float(weights.sum()) ** 2


def _groups(people: pl.DataFrame, name: str) -> pl.Series:
    """The margin's groups, with those too small to weight by pooled, smallest first.

    An answer that the survey gives no weight cannot stand for its group.
    """
    column = people[name].cast(pl.String).fill_null(UNKNOWN)
    can_weigh = people["has_answered"] & (people["weight"].fill_null(1.0) > 0)
    counts = (
        pl.DataFrame({"group": column, "n": can_weigh})
        .group_by("group").agg(pl.col("n").sum()).sort("n", "group")
    )  # fmt: skip
    pooled: list[str] = []
    n_pooled = 0
    for group, n in counts.iter_rows():
        if n >= SMALLEST_GROUP and (not pooled or n_pooled >= SMALLEST_GROUP):
            break
        pooled.append(group)
        n_pooled += n
    return column.replace(dict.fromkeys(pooled, OTHERS)).alias(name)


def _shares(people: pl.DataFrame, name: str) -> dict[str, float]:
    counted = people.group_by(name).len().sort(name)
    return {group: n / people.height for group, n in counted.iter_rows()}


def _raked(answered: pl.DataFrame, targets: dict[str, Any], cap: float) -> np.ndarray:
    import svy  # noqa: PLC0415 - a second, and only runs with margins need it
    from svy.weighting import TrimConfig  # noqa: PLC0415

    sample = svy.Sample(answered.select("weight", *targets), svy.Design(wgt="weight"))
    with warnings.catch_warnings():  # what the cap leaves of a margin is reported as a gap
        warnings.simplefilter("ignore")
        raked = sample.weighting.rake(
            shares=targets, wgt_name="raked", trimming=TrimConfig(upper=cap),
            on_nonconvergence="warn",
        )  # fmt: skip
    return raked.data.lazy().collect()["raked"].to_numpy()


def _capped(weights: np.ndarray, cap: float) -> np.ndarray:
    """Weights of mean 1, none above the cap; what is cut off goes to the others."""
    for _ in range(CAPPINGS):
        weights = np.minimum(weights / weights.mean(), cap)
    return weights


def _gap(found: pl.DataFrame, name: str, targets: dict[str, float]) -> float:
    sums = found.group_by(name).agg(pl.col("weight").sum() / found["weight"].sum())
    reached = dict(sums.iter_rows())
    return max(abs(reached.get(group, 0.0) - share) for group, share in targets.items())
