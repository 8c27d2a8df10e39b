"""A proposal as `program.yaml`: every guess with its reason, every doubt as a question.

What belongs here: the text of the file. What does not: the guesses (inspection.proposal). Only what
a default does not say is written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any

from pipelines.inspection.file_roles import FileRoles
from pipelines.inspection.lines import WIDTH, Line, question, quoted, remark, wrapped
from pipelines.inspection.proposal import Metric, Proposal
from pipelines.inspection.source_writing import source_lines
from pipelines.program.defaults import program_name

OPENING = (
    "Written by `crossvoice init`. Comments say why a guess was made. A line with `# ?` is a "
    "question: answer it by correcting what is below, and take it out."
)


def program_text(found: Proposal, name: str, folder: Path) -> str:
    """The text of program.yaml for a folder."""
    lines = [
        *remark(OPENING),
        *([] if name == program_name(folder.name) else [Line(f"program: {name}")]),
        *_clock(found),
        Line(""),
        *_org(found),
        *_metrics(found),
        Line(""),
        *_linkage(found),
        Line("sources:"),
    ]
    for place, file in enumerate(found.files):
        lines += source_lines(found, place, file, _location(file, folder))
    return "".join(f"{line.text()}\n" for line in lines)


def _location(file: FileRoles, folder: Path) -> list[str]:
    """Paths from the program's folder; whole ones for files that lie far from it."""
    found = []
    for one in (file.look, *file.look.more):
        relative = os.path.relpath(one.path, folder)
        found.append(str(one.path) if relative.count("..") > 2 else relative)
    return _pattern(found, folder) or found


def _pattern(paths: list[str], folder: Path) -> list[str]:
    """One pattern for many files, if it fits these and no others."""
    if len(paths) < 2:
        return []
    start = _shared_start(paths)
    end = _shared_start([path[::-1] for path in paths])[::-1]
    if "/" in paths[0][len(start) : len(paths[0]) - len(end)] or not start:
        return []
    base = Path(os.path.normpath(folder / f"{start}x")).parent
    fits = {str(path) for path in base.glob(f"{Path(start + 'x').name[:-1]}*{end}")}
    return [f"{start}*{end}"] if fits == {str(base / Path(path).name) for path in paths} else []


def _shared_start(texts: list[str]) -> str:
    same = takewhile(lambda letters: len(set(letters)) == 1, zip(*texts, strict=False))
    return "".join(letters[0] for letters in same)


def _clock(found: Proposal) -> Iterator[Line]:
    clock = found.clock
    if clock.doubt:
        yield from question(clock.doubt)
    yield Line(f"period: {clock.period}", clock.reason)
    if clock.period == "wave":
        yield Line("waves:")
        for wave, (start, end) in clock.waves.items():
            yield Line(f"  - {{id: {wave}, start: {start}, end: {end}}}")
        return
    yield Line(f"start: {clock.start}")


def _org(found: Proposal) -> Iterator[Line]:
    if found.meeting.doubt:
        yield from question(found.meeting.doubt)
    is_place = found.meeting.unit == "location"
    keys: dict[str, Any] = {}
    if is_place and any("unit_level" in f.roles for f in found.files if f.table == "units"):
        keys["unit"] = "location"
    reasons = [f"Units are {'places' if is_place else 'teams in their places'}"]
    reasons += [found.meeting.reason] if found.meeting.reason else []
    if found.meeting.by_managers:
        keys["teams"] = "managers"
    elif any("manager_id" in f.roles and "team" not in f.roles for f in found.files):
        yield from remark(
            "Teams could be made of those who report to one manager: org: {teams: managers}."
        )
    if not found.has_units:
        reasons.append("no list of units was given, so that every name is one")
    if found.meeting.strip_zeros:
        keys["strip_leading_zeros"] = True
        reasons.append("0012 and 12 are both there")
    yield from remark("; ".join(reasons) + ".")
    if keys:
        yield from (Line(f"org: {quoted(keys)}"), Line(""))


def _metrics(found: Proposal) -> Iterator[Line]:
    for doubt in found.voice_doubts:
        yield from question(doubt)
    entries = [_metric(found, metric) for metric in found.metrics]
    texts = [f"{{{', '.join(parts)}}}" for parts in entries]
    short = f"metrics: [{', '.join(texts)}]"
    if len(short) <= WIDTH:
        yield Line(short)
        return
    yield Line("metrics:")
    for metric, parts, whole in zip(found.metrics, entries, texts, strict=True):
        text = f"  - {whole}"
        if len(text) <= WIDTH:
            yield Line(text)
            continue
        yield Line(f"  - id: {metric.id}")
        for part in parts[1:]:
            yield from wrapped(f"    {part}")


def _metric(found: Proposal, metric: Metric) -> list[str]:
    """The keys of a metric that do not follow from its items."""
    parts = [f"id: {metric.id}", f"voice: {metric.voice}"]
    if metric.kind != "mean":
        parts.append(f"kind: {metric.kind}")
    if metric.items != [metric.id] and len(found.metrics_of(metric.voice)) > 1:
        parts.append(f"items: [{', '.join(metric.items)}]")
    if metric.require and metric.require < len(metric.items):
        parts.append(f"require: {metric.require}")
    return parts


def _linkage(found: Proposal) -> Iterator[Line]:
    staff, customers = found.metrics_of("employee"), found.metrics_of("customer")
    others = [m.id for m in [*staff[1:], *customers[1:]]]
    if not staff or not customers:
        voice = "customers" if staff else "employees"
        yield from question(
            f"No scores of {voice} were found. Give `crossvoice init` a file of theirs too, or "
            "correct `voice` below; until then scores are published, and nothing is linked."
        )
    elif others or found.left_out:
        yield from question("Which pair is your question, before you see any result?")
    if staff and customers and not others:
        yield from remark(f"The one question: does {staff[0].id} track {customers[0].id}?")
    if others:
        yield from remark(f"Also there: {_some(others)}.")
    if found.left_out:
        yield from remark(f"Also there, and not read: {_some(found.left_out)}.")
    if others and staff and customers:
        yield from wrapped(f"linkage: {{primary: {{x: {staff[0].id}, y: {customers[0].id}}}}}")
    yield Line("")


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
