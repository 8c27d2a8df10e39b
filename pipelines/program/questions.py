"""The `linkage:` section: which questions are asked, declared before the run.

What belongs here: the words of the section with their defaults and meaning. What does not: how a
question is answered (pipelines.linkage) and checks against other sections (program.model).
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import Field, model_validator

from pipelines.program.base import Name, PeriodId, Section

Estimand = Literal[
    "between",
    "within",
    "lag",
    "adjusted",
    "driver",
    "segment",
    "nonlinear",
    "contrast",
    "aggregation",
    "change",
    "power",
]


class MinRespondents(Section):
    """Smallest number of answers for a cell to enter one pair; null: the release threshold."""

    employee: int | None = Field(default=None, ge=1)
    """Employees in the cell."""
    customer: int | None = Field(default=None, ge=1)
    """Feedback events in the cell."""


class Pair(Section):
    """An employee metric beside a customer metric."""

    x: Name
    """Employee metric."""
    y: Name
    """Customer metric."""
    id: Name | None = None
    """Default: `x__y`."""
    min_respondents: MinRespondents = MinRespondents()
    """Smallest number of answers for a cell to enter the pair."""

    @property
    def pair_id(self) -> str:
        """Key of the pair in tables."""
        return self.id or f"{self.x}__{self.y}"


class PrimaryPair(Pair):
    """The pair, window and question that were declared before the run."""

    window: str = "pooled"
    """`pooled`, or the id of one period."""
    estimand: Literal["between", "within"] = "between"
    """Whether units are compared with each other, or with themselves at other times."""


class Linkage(Section):
    """What is to be estimated, declared before the run."""

    primary: PrimaryPair
    """The one question the program was started to answer."""
    pairs: list[Pair] = Field(default_factory=list)
    """Further pairs; they share the correction for many questions."""
    estimands: list[Estimand] = Field(default_factory=lambda: list(get_args(Estimand)))
    """What is asked of the primary pair in its window."""
    pair_estimands: list[Estimand] = Field(default_factory=lambda: ["between", "within"])
    """What is asked of every further pair."""
    expected_direction: Literal["positive", "negative"] = "positive"
    """Sign of the link that was expected before the run."""
    windows: list[str] = Field(default_factory=lambda: ["pooled"])
    """`pooled`, `each` (every closed period by itself), or ids of periods."""
    cluster: Literal["location", "region", "unit"] = "location"
    """Units of one cluster are not independent; intervals leave out one cluster at a time. Default
    with `org.unit: location`: unit."""
    weights: Literal["equal", "credibility", "responses"] = "equal"
    """How much each unit counts: all the same, by reliability, or by number of answers."""
    smallest_effect: float = Field(default=0.10, gt=0)
    """Smallest link that would matter (SESOI), set before the run."""
    smallest_effect_in: Literal["r", "points"] = "r"
    """A correlation, or points of the customer score per point of the employee score."""
    respondent_overlap: Literal["key", "none", "unknown"] = "key"
    """Whether the same people answer in several waves: told by their keys, never, or unknown."""
    max_lag: int | None = Field(default=None, ge=1, le=12)
    """Periods by which one voice may come first; default 4, fewer when periods are few."""
    covariates: list[Literal["log_headcount", "channel_mix"]] = Field(default_factory=list)
    """Held fixed in the adjusted link, besides region and location."""
    mediators: list[str] = Field(default_factory=list)
    """Consequences of the employee score: refused as covariates."""
    segments: Literal["region", "location"] = "region"
    """Level whose members are compared as segments."""
    change_at: PeriodId | None = None
    """First period after a planned change; default: look for the largest shift."""
    seed: int = 20240101
    """Start of the random numbers, so that a second run gives the same intervals."""

    @model_validator(mode="after")
    def _possible_correlation(self) -> Linkage:
        if self.smallest_effect_in == "r" and self.smallest_effect >= 1:
            msg = "`smallest_effect` is a correlation below 1, or give `smallest_effect_in: points`"
            raise ValueError(msg)
        return self

    @property
    def all_pairs(self) -> list[Pair]:
        """The primary pair first, then the others."""
        return [self.primary, *self.pairs]
