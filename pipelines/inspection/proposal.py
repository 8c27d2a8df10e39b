"""Several files as one program: which voice, where they meet, the clock and the question.

What belongs here: voices, metrics and the question. What does not: single files (inspection.roles),
the clock, the meeting of units, and the words of YAML (inspection.writing).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from pipelines.inspection.answers import Answers
from pipelines.inspection.clock import Clock, clock_of
from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.item_directions import find_reversed_items
from pipelines.inspection.meeting import Meeting, meeting_of

BOTH_VOICES = ("employee", "customer")
MOST_METRICS = 4
"""More scores of one voice are left to the reader's choice."""


@dataclass
class Metric:
    """A score of one voice."""

    id: str
    voice: str
    items: list[str]
    kind: str = "mean"
    require: int | None = None
    directions: set[str] = field(default_factory=set)


@dataclass
class Proposal:
    """Everything a program needs, guessed, with what is doubtful."""

    files: list[FileRoles]
    clock: Clock
    meeting: Meeting
    metrics: list[Metric] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    """Scores that are there and not used."""
    voice_doubts: list[str] = field(default_factory=list)

    @property
    def has_units(self) -> bool:
        """A list of units was given."""
        return any(f.table == "units" for f in self.files)

    def metrics_of(self, voice: str) -> list[Metric]:
        """Metrics of a voice, the likeliest for the question first."""
        return [m for m in self.metrics if m.voice == voice]


def propose(files: list[FileRoles], today: dt.date) -> Proposal:
    """One program of these files."""
    doubts = _voices(files)
    found = Proposal(files, clock_of(files, today), meeting_of(files), voice_doubts=doubts)
    _metrics(found)
    find_reversed_items(files, {m.id: m.items for m in found.metrics_of("employee")})
    return found


def with_answers(files: list[FileRoles]) -> list[FileRoles]:
    """Files that hold scores."""
    return [f for f in files if f.answers]


def _voices(files: list[FileRoles]) -> list[str]:
    """Give every answer a voice; what one file has, the other of two lacks. Returns the doubts."""
    doubts = []
    known = {f.voice for f in with_answers(files)} - {None}
    for file in with_answers(files):
        if file.voice is None and not all(a.voice for a in file.answers):
            other = {"employee": "customer", "customer": "employee"}
            file.voice = (
                other.get(next(iter(known), ""), "customer") if len(known) < 2 else "customer"
            )
            doubts.append(
                f"Nothing says whose answers {file.look.path.name} holds; "
                f"those of {file.voice}s are assumed."
            )
            if file.table == "customer_feedback" and file.voice == "employee":
                file.table = "employee_responses"
        has_own = any(a.voice for a in file.answers)
        for answers in file.answers:
            if file.table != "unit_scores":
                answers.voice = file.voice
            elif answers.voice is None:
                answers.voice, answers.is_unsure = file.voice, has_own
    return doubts


def _metrics(found: Proposal) -> None:
    for voice in BOTH_VOICES:
        groups: dict[tuple[str, str], list[Answers]] = {}
        for file in with_answers(found.files):
            for answers in file.answers:
                if answers.voice == voice:
                    wide = file.table == "employee_responses" and answers.kind == "scale"
                    key = ("index", "") if wide else ("item", answers.item)
                    groups.setdefault(key, []).append(answers)
        for (kind, item), members in groups.items():
            found.metrics.append(_metric(voice, kind, item, members))
    ids = [metric.id for metric in found.metrics]
    for metric in found.metrics:
        if ids.count(metric.id) > 1:
            metric.id = f"{metric.voice}_{metric.id}"
    for voice in BOTH_VOICES:
        _likeliest_first(found, voice)
        _only_the_likeliest(found, voice)


def _only_the_likeliest(found: Proposal, voice: str) -> None:
    """Of many published scores one is the question; the others are named, for who wants them."""
    own = found.metrics_of(voice)
    if len(own) <= MOST_METRICS:
        return
    dropped = {item for metric in own[1:] for item in metric.items}
    found.metrics = [m for m in found.metrics if m.voice != voice] + own[:1]
    found.left_out += [m.id for m in own[1:]]
    for file in found.files:
        gone = [a for a in file.answers if a.item in dropped and a.voice == voice]
        file.answers = [a for a in file.answers if a not in gone]
        kept = {a.column for a in file.answers}
        file.unused = [*dict.fromkeys(a.column for a in gone if a.column not in kept), *file.unused]


def _metric(voice: str, kind: str, item: str, members: list[Answers]) -> Metric:
    items = list(dict.fromkeys(a.item for a in members))
    directions = {a.scale.direction for a in members}
    if kind == "index" and len(items) > 1:
        need = -(-3 * len(items) // 4)
        name = "engagement" if "engagement" not in items else "engagement_index"
        return Metric(name, voice, items, require=need, directions=directions)
    item = item or items[0]
    first = members[0]
    shape = "net_promoter" if first.kind == "nps" and first.scale.low == 0 else "mean"
    if first.scale.high == 1 and first.scale.name != "good or bad":
        shape = "share"
    return Metric(item, voice, [item], shape, directions=directions)


def _likeliest_first(found: Proposal, voice: str) -> None:
    """Overall satisfaction before its parts; an index before single items."""
    words = (
        "engagement",
        "satisf",
        "overall",
        "nps",
        "csat",
        "zufrieden",
        "gesamt",
        "global",
        "recommend",
    )

    unsure = {a.item for file in found.files for a in file.answers if a.is_unsure}

    def rank(metric: Metric) -> tuple[bool, int, int]:
        hits = [i for i, w in enumerate(words) if w in metric.id]
        return bool(unsure & set(metric.items)), -len(metric.items), min(hits, default=99)

    own = sorted((m for m in found.metrics if m.voice == voice), key=rank)
    found.metrics = [m for m in found.metrics if m.voice != voice] + own
