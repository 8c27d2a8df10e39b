"""The sections of a program other than sources and questions: time, privacy, units, metrics.

What belongs here: the words of each section with their defaults and meaning. What does not:
checks that need two sections at once (program.model).
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Literal, get_args

from pydantic import Field, field_validator, model_validator

from pipelines.program.base import Name, PeriodId, Section

Margin = Literal[
    "region", "location", "gender", "age_band", "tenure_band", "job_level", "employment"
]
PLACES = ("region", "location")
DEFAULT_MARGINS: tuple[Margin, ...] = tuple(m for m in get_args(Margin) if m != "location")
HARD_FLOOR = 3
"""No threshold may lie below this, whatever a program says."""


class Wave(Section):
    """One round of a survey and its fieldwork window, both days included."""

    id: PeriodId
    """Name of the wave, as the survey source writes it or recodes it."""
    start: dt.date
    """First day of fieldwork."""
    end: dt.date
    """Last day of fieldwork."""

    @model_validator(mode="after")
    def _ordered(self) -> Wave:
        if self.end < self.start:
            msg = f"end ({self.end}) lies before start ({self.start})"
            raise ValueError(msg)
        return self


class Thresholds(Section):
    """Smallest number of people behind a released value."""

    employee: int = Field(default=5, ge=HARD_FLOOR)
    """Employees behind a score."""
    customer: int = Field(default=5, ge=HARD_FLOOR)
    """Feedback events behind a score."""
    comments: int = Field(default=10, ge=HARD_FLOOR)
    """People behind a group whose comments are shown."""


class Redaction(Section):
    """What is taken out of comments beside names, numbers, addresses and dates."""

    codes: list[str] = Field(default_factory=list)
    """Regular expressions (any letter case) of ticket numbers, store codes and the like."""
    words: list[str] = Field(default_factory=list)
    """Nicknames and other words, in any letter case."""

    @field_validator("codes")
    @classmethod
    def _usable(cls, codes: list[str]) -> list[str]:
        for code in codes:
            try:
                matches_nothing = re.compile(code).match("") is not None
            except re.error as error:
                msg = f"{code!r} is not a regular expression: {error}"
                raise ValueError(msg) from error
            if matches_nothing:
                msg = f"{code!r} also fits an empty text"
                raise ValueError(msg)
        return codes


class Privacy(Section):
    """What may be released."""

    suppression: Literal["thresholds", "publisher"] = "thresholds"
    """`publisher`: the data are public already and the publisher's own suppression holds."""
    publisher: str | None = None
    """Who published the data, for `suppression: publisher`."""
    redaction: Redaction = Redaction()
    """Codes and words to take out of comments; names, numbers and addresses always are."""
    thresholds: Thresholds = Thresholds()
    """Smallest number of people behind a released value, for `suppression: thresholds`."""

    @model_validator(mode="after")
    def _publisher_named(self) -> Privacy:
        if self.suppression == "publisher" and not self.publisher:
            msg = "`suppression: publisher` needs `publisher`: who made the data public"
            raise ValueError(msg)
        return self


class Report(Section):
    """Language and words of the report."""

    language: Literal["en", "de"] = "en"
    """Language of its texts."""
    labels: dict[str, str] = Field(default_factory=dict)
    """Own words over the texts of the catalogue: `word.units: stores`, `item.q01: My manager`."""


class IdentifierNorm(Section):
    """How identifiers of one kind are made alike before they are hashed."""

    strip_leading_zeros: bool = False
    """`0012` and `12` are the same person."""


class Organization(Section):
    """How references to teams and locations become units (team x location)."""

    unit: Literal["team_location", "location"] = "team_location"
    """`location`: the program has no teams; every location is one unit. This is the default where
    no source names a team."""
    teams: Literal["named", "managers"] = "named"
    """`managers`: who names no team is in the team of their manager, and who names no location in
    the branch that team belongs to (`manager_key` of org_assignments)."""
    unknown_references: Literal["count", "adopt"] = "count"
    """A reference that matches no declared unit: counted as unmatched, or taken as a unit, which is
    the default where no source lists the units."""
    strip_leading_zeros: bool = False
    """`0012` and `12` are the same location, and so are `L012` and `L12`."""
    max_unattributed_share: float = Field(default=0.6, ge=0, le=1)
    """A run stops when more of a voice's rows reach no unit, team or location."""
    max_unattributed_rise: float = Field(default=0.1, ge=0, le=1)
    """A run stops when that share lies more than this above the last release's."""
    identifiers: dict[Name, IdentifierNorm] = Field(default_factory=dict)
    """Rules by `id_type`."""


class Participation(Section):
    """How answers are weighted to the groups of everybody who could have answered.

    Released scores stay as answered; `linkage_nonresponse` shows what the weights would change.
    """

    margins: list[Margin] | None = None
    """What the weights follow; default: the region and every group the staff list tells."""
    cap: float = Field(default=3.0, ge=1.5, le=10)
    """Largest weight, as a multiple of the mean weight."""

    @property
    def columns(self) -> dict[str, str]:
        """Margin -> column of the people it is made of."""
        return {m: f"{m}_id" if m in PLACES else m for m in self.margins or DEFAULT_MARGINS}


class Metric(Section):
    """One score, made from the items of one voice."""

    id: Name
    """Key of the metric in tables and in `linkage`."""
    label: str = ""
    """Name for people; default: the id in words."""
    voice: Literal["employee", "customer"]
    """Whose score it is."""
    kind: Literal["mean", "top_box", "net_promoter", "share"] = "mean"
    """What is computed from the answers of a unit."""
    items: Annotated[list[Name], Field(min_length=1)] = Field(default_factory=list)
    """Items (`item` of a value rule, or the column's own name) the score is made from; default: the
    item of the metric's own id, or all items of the voice where this is its only metric."""
    combine: Literal["mean"] = "mean"
    """How the items of one respondent (or unit) become one number."""
    require: Literal["all", "any"] | Annotated[int, Field(ge=1)] = "all"
    """How many of the items a respondent (or unit) must have."""
    top_box_from: float | None = None
    """Last answer, on the question's own scale, that counts as favourable; all answers from it to
    the good end of the scale do."""
    definition: str = ""
    """What the score means, for the metric catalogue."""

    @model_validator(mode="before")
    @classmethod
    def _named_by_its_id(cls, data: object) -> object:
        if not isinstance(data, dict) or not isinstance(name := data.get("id"), str):
            return data
        label = name.replace("_", " ").capitalize()
        return {"label": label, "items": [name], **data}

    @model_validator(mode="after")
    def _kind_complete(self) -> Metric:
        if self.kind == "top_box" and self.top_box_from is None:
            msg = "`kind: top_box` needs `top_box_from`: the lowest favourable answer"
            raise ValueError(msg)
        if self.kind != "top_box" and self.top_box_from is not None:
            msg = "`top_box_from` fits only `kind: top_box`"
            raise ValueError(msg)
        if self.kind == "net_promoter" and len(self.items) > 1:
            msg = "a net promoter score has one item"
            raise ValueError(msg)
        if isinstance(self.require, int) and self.require > len(self.items):
            msg = f"`require: {self.require}` asks for more than the {len(self.items)} items"
            raise ValueError(msg)
        return self

    @property
    def n_required(self) -> int:
        """Number of items needed."""
        return {"all": len(self.items), "any": 1}.get(self.require, self.require)  # type: ignore[arg-type,return-value]
