"""From a document to a `Program`, and on after a mistake to the mistakes hidden behind it.

What belongs here: what is put in the place of a mistake so that the models can look further. What
does not: rules (the models), wording (program.mistakes).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ValidationError

from pipelines.program import mistakes as wording
from pipelines.program.mistakes import Mistake
from pipelines.program.model import Program
from pipelines.program.yaml_document import Document, Path

MAX_ROUNDS = 6
"""How often a file with mistakes is looked at again for mistakes hidden behind others."""


def validated(document: Document) -> Program:
    """The program; pydantic's ValidationError where it is none."""
    try:
        return Program.model_validate(document.data)
    except ValidationError as error:
        if not _take_as_text(error, document):
            raise
    return Program.model_validate(document.data)


def all_mistakes(
    error: ValidationError, document: Document, schema: dict[str, Any]
) -> list[tuple[int, str]]:
    """Line and text of every mistake, also of those that others hid. Changes the document."""
    found: list[Mistake] = []
    told: list[tuple[int, str]] = []
    for _ in range(MAX_ROUNDS):
        problems = error.errors(include_url=False)
        mistakes = wording.find_mistakes(problems, document.data, schema)
        new = [m for m in mistakes if not any(_about(m, earlier) for earlier in found)]
        found += new
        told += [_told(mistake, document) for mistake in new]
        # deepest and last first, so that what is taken out moves nothing still to be found
        for mistake in sorted(mistakes, key=lambda m: [str(p) for p in m.path], reverse=True):
            if mistake not in new or not _repair(mistake, document):
                _stand_in(mistake.path, found, document)
        try:
            validated(document)
            break
        except ValidationError as again:
            error = again
    return told


def _take_as_text(error: ValidationError, document: Document) -> bool:
    """Where text is wanted, `0012` is the text 0012: put back what was written. True if any was."""
    changed = False
    for problem in error.errors(include_url=False, include_context=False):
        path = wording.locate(document.data, problem["loc"])
        value = wording.value_at(document.data, path)
        if problem["type"] == "string_type" and isinstance(value, (int, float)):
            wording.value_at(document.data, path[:-1])[path[-1]] = document.texts[path]  # type: ignore[index]
            changed = True
    return changed


def _told(mistake: Mistake, document: Document) -> tuple[int, str]:
    key = wording.dotted(mistake.path, document.data)
    return document.line(mistake.path), f"{key}: {mistake.text}"


def _about(mistake: Mistake, earlier: Mistake) -> bool:
    """True when the mistake is only what the repair of an earlier one left behind."""
    if mistake.path[: len(earlier.path)] == earlier.path:
        return earlier.kind != "value_error" or mistake.text == earlier.text
    same_section = len(earlier.path) == 1 or mistake.path[:2] == earlier.path[:2]
    if mistake.kind != "value_error" or not same_section:
        return False
    named = " ".join(re.findall(r"`([^`]*)`", mistake.text))
    return str(earlier.path[-1]) in re.split(r"[^\w]+", named)


def _repair(mistake: Mistake, document: Document) -> bool:
    """Put what was probably meant in the place of a mistake, or take it out; False: cannot."""
    path, parent = mistake.path, wording.value_at(document.data, mistake.path[:-1])
    if mistake.kind in ("missing", "value_error") or not isinstance(parent, dict):
        return False
    value = parent.pop(path[-1], None)
    if mistake.kind == "extra_forbidden":
        if mistake.proposal and mistake.proposal not in parent:
            parent[mistake.proposal] = value
            _move(document, path, (*path[:-1], mistake.proposal))
    elif mistake.proposal:
        parent[path[-1]] = mistake.proposal
    return True


def _stand_in(path: Path, found: Iterable[Mistake], document: Document) -> None:
    """Put a blameless entry in the place of one beyond repair, so that its section is judged."""
    section, i, key, j, *_ = (*path, None, None, None, None)
    entries = wording.value_at(document.data, path[:1])
    if not isinstance(entries, list) or not isinstance(i, int):
        return
    entry = entries[i]
    if section == "sources" and key == "values" and isinstance(j, int):
        scale = {"min": 0, "max": 1}
        entry["values"][j] = {"columns": ["x"], "scale": scale, "voice": "employee"}
    elif section == "sources":
        columns = {"unit_level": "x", "unit_ref": "x"}
        entries[i] = {
            "name": f"stand_in_{i}",
            "table": "units",
            "location": "x",
            "columns": columns,
        }
    elif section == "metrics" and isinstance(entry, dict):
        # pairs ask for its id and voice; with a mistake in these nothing can be said about them
        kept = {k: entry.get(k) for k in ("id", "voice")}
        if not any(m.path[:2] == path[:2] and m.path[2:] in (("id",), ("voice",)) for m in found):
            entries[i] = {**kept, "label": "x", "items": ["x"]}


def _move(document: Document, old: Path, new: Path) -> None:
    for path in [p for p in document.lines if p[: len(old)] == old]:
        document.lines[new + path[len(old) :]] = document.lines[path]
    for path in [p for p in document.texts if p[: len(old)] == old]:
        document.texts[new + path[len(old) :]] = document.texts[path]
