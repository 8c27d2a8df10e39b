"""A valid program as text, and a way to read a changed one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.errors import ProgramError
from pipelines.program.reading import read_program

EXAMPLE = (Path(__file__).parent / "example.yaml").read_text("utf-8")


@pytest.fixture
def example() -> str:
    return EXAMPLE


@pytest.fixture
def problems(tmp_path: Path) -> Callable[[str | bytes], list[str]]:
    """Read a file with this content; the problems it has, none when it is a program."""

    def read(content: str | bytes) -> list[str]:
        raw = content if isinstance(content, bytes) else content.encode()
        (tmp_path / "program.yaml").write_bytes(raw)
        try:
            read_program(tmp_path)
        except ProgramError as error:
            return error.problems
        return []

    return read
