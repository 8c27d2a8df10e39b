"""The whole program: its sections and the checks that need several of them.

What belongs here: the `Program` model. What does not: reading YAML and wording errors
(program.reading), periods (program.periods).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import Field, field_validator, model_validator

from pipelines.program.base import Name, Section, SectionProblemsError
from pipelines.program.defaults import VOICE_OF_TABLE, of_program
from pipelines.program.questions import Linkage
from pipelines.program.rules import AnswerScale
from pipelines.program.sections import (
    Metric,
    Organization,
    Participation,
    Privacy,
    Report,
    Thresholds,
    Wave,
)
from pipelines.program.source import Source


@cache
def _known_zones() -> frozenset[str]:
    """Names of all time zones; looking through their folders takes longer than all other rules."""
    return frozenset(available_timezones())


LONGEST = dt.timedelta(days=36_525)
"""From the first day to the last: each period becomes a row, and no calendar has a year 10,000."""


class Program(Section):
    """A listening program: everything that differs between companies, in one folder."""

    program: Name = ""
    """Name of the program; default: its folder's name."""
    title: str = ""
    """Name for people, on the result card and the report; default: the program's name in words."""
    time_zone: str = "UTC"
    """Zone in which days begin and end, such as Europe/Berlin."""
    period: Literal["week", "month", "quarter", "year", "wave"]
    """Length of a period, the time step of every table; `wave`: the waves are the periods."""
    start: dt.date | None = None
    """First day of the first period, or a day in it: the period counts whole; for calendar
    periods."""
    end: dt.date | None = None
    """Last day of the last period; default: of the last period in which anybody answered. A period
    that has not ended is open."""
    waves: list[Wave] = Field(default_factory=list)
    """Survey waves; with `period: wave` they are the periods."""
    privacy: Privacy = Privacy()
    """Thresholds of what may be released, or the publisher's own suppression."""
    org: Organization = Organization()
    """How references to teams and locations become units; what it leaves out follows from the
    sources."""
    participation: Participation = Participation()
    """How answers are weighted to the groups of everybody who could have answered."""
    metrics: Annotated[list[Metric], Field(min_length=1)]
    """The scores of both voices."""
    linkage: Linkage | None = None
    """What is to be estimated. Default: where each voice has one score, the pair of these; else,
    and with `linkage: null`, the program ends with its marts."""
    report: Report = Report()
    """How the report speaks: its language and words of your own."""
    sources: Annotated[list[Source], Field(min_length=1)]
    """The systems and files to read."""

    @model_validator(mode="before")
    @classmethod
    def _titled_by_its_name(cls, data: object) -> object:
        if not isinstance(data, dict) or not isinstance(name := data.get("program"), str):
            return data
        return {"title": name.replace("_", " ").capitalize(), **data}

    @model_validator(mode="before")
    @classmethod
    def _promises_inherited(cls, data: object) -> object:
        """Thresholds nobody declares are the largest promise of their voice, never below usual."""
        if not isinstance(data, dict) or not isinstance(data.get("sources"), list):
            return data
        privacy = data.get("privacy") or {}
        declared = privacy.get("thresholds") or {} if isinstance(privacy, dict) else None
        if not isinstance(declared, dict):
            return data
        inherited: dict[str, int] = {}
        for source in data["sources"]:
            table, promised = (
                (source.get("table"), source.get("promised")) if isinstance(source, dict)
                else (None, None)
            )  # fmt: skip
            voice = VOICE_OF_TABLE.get(table) if isinstance(table, str) else None
            usual = Thresholds.model_fields[voice].default if voice else 0
            if voice and voice not in declared and isinstance(promised, int) and promised > usual:
                inherited[voice] = max(promised, inherited.get(voice, 0))
        if not inherited:
            return data
        return {**data, "privacy": {**privacy, "thresholds": {**declared, **inherited}}}

    @model_validator(mode="before")
    @classmethod
    def _implied(cls, data: object) -> object:
        return of_program(data)

    @field_validator("sources")
    @classmethod
    def _staff_lists_in_parts(cls, sources: list[Source]) -> list[Source]:
        return [part for source in sources for part in source.parts]

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in _known_zones():
            msg = f"unknown time zone {zone!r}; use a name like Europe/Berlin"
            raise ValueError(msg)
        return zone

    @model_validator(mode="after")
    def _sections_meet(self) -> Program:
        SectionProblemsError.raise_any(
            [
                *self._time_problems(),
                *self._promise_problems(),
                *self._name_problems(),
                *self._pair_problems(),
                *self._top_box_problems(),
                *self._manager_problems(),
                *self._touch_problems(),
            ]
        )
        return self

    def _time_problems(self) -> Iterator[str]:
        if not self.program:
            yield "`program` is missing: the folder's name tells none"
        if self.period == "wave" and not self.waves:
            yield "`period: wave` needs `waves`"
        if self.period != "wave" and self.start is None:
            yield f"`period: {self.period}` needs `start`: the first day of the first period"
        if self.start and self.end and self.end < self.start:
            yield f"`end` ({self.end}) lies before `start` ({self.start})"
        if self.start and self.end and self.end - self.start > LONGEST:
            yield (
                f"`end` ({self.end}) lies more than a hundred years after `start`; "
                "without `end` there are periods up to today"
            )
        waves = sorted(self.waves, key=lambda wave: wave.start)
        for before, after in pairwise(waves):
            if after.start <= before.end:
                yield f"`waves` {before.id} and {after.id} overlap"

    def _promise_problems(self) -> Iterator[str]:
        for source in self.sources:
            voice = VOICE_OF_TABLE.get(source.table)
            if voice is None or source.promised is None:
                continue
            threshold = getattr(self.privacy.thresholds, voice)
            if self.privacy.suppression == "publisher":
                yield (
                    f"`privacy.suppression` is publisher, which hides no small group, but source "
                    f"{source.name} promised {source.promised}: leave out `suppression`, or the "
                    "source"
                )
            elif threshold < source.promised:
                yield (
                    f"`privacy.thresholds.{voice}` is {threshold}, but source {source.name} "
                    f"promised {source.promised}: a promise is kept or the source is left out"
                )

    def _name_problems(self) -> Iterator[str]:
        for key, what, names in (
            ("metrics", "id", [m.id for m in self.metrics]),
            ("sources", "name", [s.name for s in self.sources]),
            ("waves", "id", [w.id for w in self.waves]),
        ):
            twice = sorted({n for n in names if names.count(n) > 1})
            if twice:
                yield f"`{key}` give one {what} twice: {', '.join(twice)}"

    def _pair_problems(self) -> Iterator[str]:
        if self.linkage is None:
            return
        voices = {m.id: m.voice for m in self.metrics}
        for i, pair in enumerate(self.linkage.all_pairs):
            key = f"linkage.pairs.{i - 1}" if i else "linkage.primary"
            for side, metric, voice in (("x", pair.x, "employee"), ("y", pair.y, "customer")):
                if metric not in voices:
                    known = ", ".join(m for m, v in voices.items() if v == voice) or "none"
                    yield (
                        f"`{key}.{side}` names metric {metric!r}, which is not declared; "
                        f"{voice} metrics: {known}"
                    )
                elif voices[metric] != voice:
                    article = "an" if voice == "employee" else "a"
                    yield f"`{key}.{side}` must be {article} {voice} metric, {metric!r} is not"
        ids = [pair.pair_id for pair in self.linkage.all_pairs]
        if len(set(ids)) < len(ids):
            yield "`linkage.pairs` declare the same pair twice; give one of them an `id`"

    def _top_box_problems(self) -> Iterator[str]:
        for i, metric in enumerate(self.metrics):
            if metric.kind == "top_box" and len(self._directions(metric)) > 1:
                yield (
                    f"`metrics.{metric.id}` counts favourable answers from `top_box_from` on, but "
                    "its items have both directions; give reversed items a metric of their own"
                )
            asked, border = self.answer_scales[metric.id], metric.top_box_from
            if border is not None and asked and not any(s.is_parted_at(border) for s in asked):
                ends = ", ".join(f"{s.low:g} to {s.high:g}" for s in asked)
                yield (
                    f"`metrics.{i}.top_box_from` is {border:g}, which parts no answers of "
                    f"its items ({ends}): all of them or none would be favourable"
                )

    def _manager_problems(self) -> Iterator[str]:
        sources = [s for s in self.sources if "manager_key" in s.columns]
        if self.org.teams == "managers" and not sources:
            yield "`org.teams: managers` needs a source of org_assignments with `manager_key`"
        for source in sources if self.org.teams == "managers" else []:
            person, manager = (source.columns[c].id_type for c in ("employee_key", "manager_key"))
            if person != manager:
                yield (
                    f"source {source.name} knows managers by {manager} and employees by {person}: "
                    "`org.teams: managers` needs one `id_type` for both"
                )

    def _touch_problems(self) -> Iterator[str]:
        known = [source.name for source in self.sources if source.table == "customer_feedback"]
        for source in self.sources:
            mapping = source.columns.get("feedback_source")
            if mapping is not None and mapping.value is not None and mapping.value not in known:
                yield (
                    f"source {source.name}: `columns.feedback_source` names {mapping.value!r}, "
                    f"which is no source of customer_feedback; these are: {', '.join(known)}"
                )

    def _directions(self, metric: Metric) -> set[str]:
        """Which end of the scale is good, in all rules of the metric's items."""
        return {
            rule.direction
            for source in self.sources
            for rule in source.values
            if {rule.item_of(column) for column in rule.columns} & set(metric.items)
        }

    def direction_of(self, metric: Metric) -> str:
        """Which end of the scale is good for the metric's items; `higher` where both occur."""
        return "lower" if self._directions(metric) == {"lower"} else "higher"

    @property
    def answer_scales(self) -> dict[str, list[AnswerScale]]:
        """Every scale the items of a metric are asked on, by metric."""
        asked: dict[str, dict[AnswerScale, None]] = {}
        for rule in (rule for source in self.sources for rule in source.values):
            scale = AnswerScale(rule.scale.min, rule.scale.max, rule.direction == "lower")
            for column in rule.columns:
                asked.setdefault(rule.item_of(column), {})[scale] = None
        return {
            m.id: list(dict.fromkeys(s for item in m.items for s in asked.get(item, ())))
            for m in self.metrics
        }

    @property
    def zone(self) -> ZoneInfo:
        """The program's time zone."""
        return ZoneInfo(self.time_zone)

    def metric(self, metric_id: str) -> Metric:
        """The metric of that id; KeyError when none."""
        return next(m for m in self.metrics if m.id == metric_id)
