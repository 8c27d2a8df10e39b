"""Reading a program's folder: `program.yaml` to a `Program`, with every mistake at once.

What belongs here: opening the file, and going on after a mistake to find the next. What does not:
YAML itself (program.yaml_document), wording (program.mistakes), rules (the models).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines.errors import ProgramError
from pipelines.program import mistakes as wording
from pipelines.program.mistakes import Mistake
from pipelines.program.model import Program
from pipelines.program.yaml_document import Document, parse_yaml
from pipelines.program.yaml_document import Path as KeyPath

FILE_NAME = "program.yaml"
MAX_ROUNDS = 4
"""How often a file with mistakes is looked at again for mistakes hidden behind others."""


def read_program(folder: Path) -> Program:
    """The program of a folder; ProgramError names every mistake by file, line and key."""
    file = Path(folder) / FILE_NAME
    document = parse_yaml(_read_text(file))
    found = [(p.line, p.text) for p in document.problems]
    if not isinstance(document.data, dict):
        raise _error(file, found or [(1, _not_a_program(document.data))])
    try:
        program = _validated(document)
    except ValidationError as error:
        found += [_told(mistake, document) for mistake in _all_mistakes(error, document)]
    if found:
        raise _error(file, found)
    return program


def program_schema() -> dict[str, Any]:
    """JSON Schema of program.yaml, for editors and for people."""
    schema = Program.model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _read_text(file: Path) -> str:
    if not file.is_file():
        what, mend = _why_missing(file), f"give the folder that holds {FILE_NAME}"
        raise ProgramError([what], where=str(file), mend=mend)
    try:
        raw = file.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        what = f"{FILE_NAME} cannot be opened: {error.strerror}"
        raise ProgramError([what], where=str(file)) from None
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"byte 0x{raw[error.start]:02x} is not UTF-8"
        raise _error(file, [(line, problem)], mend="save the file as UTF-8") from None
    if not text.strip():
        raise _error(file, [(1, "the file is empty")])
    return text


def _why_missing(file: Path) -> str:
    folder = file.parent
    if not folder.exists():
        return f"the folder {folder} does not exist"
    if not folder.is_dir():
        return f"{folder} is not a folder"
    others = sorted(p.name for p in folder.iterdir() if p.suffix in (".yaml", ".yml"))
    hint = f"; it holds {', '.join(others[:5])}" if others else ""
    return f"the folder {folder} holds no {FILE_NAME}{hint}"


def _validated(document: Document) -> Program:
    try:
        return Program.model_validate(document.data)
    except ValidationError as error:
        if not _take_as_text(error, document):
            raise
    return Program.model_validate(document.data)


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


def _all_mistakes(error: ValidationError, document: Document) -> list[Mistake]:
    """Mistakes of the file, and those that come to light when the first are out of the way."""
    schema = program_schema()
    found: list[Mistake] = []
    for _ in range(MAX_ROUNDS):
        problems = error.errors(include_url=False)
        new = [
            mistake
            for mistake in wording.find_mistakes(problems, document.data, schema)
            if not any(_about(mistake, earlier) for earlier in found)
        ]
        if not new:
            break
        found += new
        # deepest and last first, so that what is taken out moves nothing still to be found
        for mistake in sorted(new, key=lambda m: [str(p) for p in m.path], reverse=True):
            _repair(mistake, document)
        try:
            _validated(document)
            break
        except ValidationError as again:
            error = again
    return sorted(found, key=lambda m: (document.line(m.path), m.text))


def _about(mistake: Mistake, earlier: Mistake) -> bool:
    """True when the mistake is only what the repair of an earlier one left behind."""
    if mistake.path[: len(earlier.path)] == earlier.path:
        return True
    same_section = len(earlier.path) == 1 or mistake.path[:2] == earlier.path[:2]
    if mistake.kind != "value_error" or not same_section:
        return False
    named = " ".join(re.findall(r"`([^`]*)`", mistake.text))
    return str(earlier.path[-1]) in re.split(r"[^\w]+", named)


def _repair(mistake: Mistake, document: Document) -> None:
    """Put what was probably meant in the place of a mistake, or take it out."""
    path, parent = mistake.path, wording.value_at(document.data, mistake.path[:-1])
    if mistake.kind in ("missing", "value_error") or not isinstance(parent, dict):
        return
    value = parent.pop(path[-1], None)
    if mistake.kind == "extra_forbidden":
        if mistake.proposal and mistake.proposal not in parent:
            parent[mistake.proposal] = value
            _move(document, path, (*path[:-1], mistake.proposal))
    elif mistake.proposal:
        parent[path[-1]] = mistake.proposal


def _move(document: Document, old: KeyPath, new: KeyPath) -> None:
    for path in [p for p in document.lines if p[: len(old)] == old]:
        document.lines[new + path[len(old) :]] = document.lines[path]
    for path in [p for p in document.texts if p[: len(old)] == old]:
        document.texts[new + path[len(old) :]] = document.texts[path]


def _told(mistake: Mistake, document: Document) -> tuple[int, str]:
    key = wording.dotted(mistake.path, document.data)
    return document.line(mistake.path), f"{key}: {mistake.text}"


def _not_a_program(data: object) -> str:
    keys = ", ".join(list(Program.model_fields)[:4])
    return f"found {wording.shown(data)} at the top; allowed: keys such as {keys}"


def _error(file: Path, found: list[tuple[int, str]], mend: str = "") -> ProgramError:
    problems = [f"{FILE_NAME}:{line}: {text}" for line, text in sorted(found)]
    return ProgramError(
        problems, where=str(file), mend=mend or "docs/program.md describes every key"
    )
