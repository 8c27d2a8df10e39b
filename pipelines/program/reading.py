"""Reading a program's folder: `program.yaml` to a `Program`, or one error with every mistake.

What belongs here: opening the file. What does not: YAML itself (program.yaml_document), going on
after a mistake (program.validation), wording (program.mistakes), rules (the models).
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pipelines.errors import ProgramError
from pipelines.program import mistakes as wording
from pipelines.program.defaults import program_name
from pipelines.program.model import Program
from pipelines.program.validation import all_mistakes, validated
from pipelines.program.yaml_document import parse_yaml

FILE_NAME = "program.yaml"


def read_program(folder: Path) -> Program:
    """The program of a folder; ProgramError names every mistake by file, line and key."""
    file = Path(folder) / FILE_NAME
    return _program(file, file.parent.resolve().name, _read_text(file))


@lru_cache(maxsize=1)
def _program(file: Path, folder_name: str, text: str) -> Program:
    """What a text declares; a run asks three times for what has not changed in between."""
    document = parse_yaml(text)
    found = [(p.line, p.text) for p in document.problems]
    if not isinstance(document.data, dict):
        raise _error(file, found or [(1, _not_a_program(document.data))])
    if name := program_name(folder_name):
        document.data.setdefault("program", name)
    try:
        program = validated(document)
    except ValidationError as error:
        found += all_mistakes(error, document, program_schema())
    if found:
        raise _error(file, found)
    return program


@cache
def program_schema() -> dict[str, Any]:
    """JSON Schema of program.yaml, for editors and for people; to be looked at only."""
    from pipelines.program.key_texts import described  # noqa: PLC0415 - for people, not for a run

    schema = described(Program.model_json_schema())
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


def _not_a_program(data: object) -> str:
    keys = ", ".join(list(Program.model_fields)[:4])
    return f"found {wording.shown(data)} at the top; allowed: keys such as {keys}"


def _error(file: Path, found: list[tuple[int, str]], mend: str = "") -> ProgramError:
    problems = [f"{FILE_NAME}:{line}: {text}" for line, text in sorted(found)]
    return ProgramError(
        problems, where=str(file), mend=mend or "docs/program.md describes every key"
    )
