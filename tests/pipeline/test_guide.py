"""The guide "your first program", word for word: its files, its commands, its output."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT
from tests.pipeline.runs import crossvoice

GUIDE = PROJECT_ROOT / "docs" / "guides" / "first-program.md"
BLOCK = re.compile(r"```(\w+)(?: (\S+))?\n(.*?)```", re.DOTALL)
VOLATILE = [
    (re.compile(r"\d+(\.\d+)? s\b"), "N s"),
    (re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{8}"), "RELEASE"),
    (re.compile(r"made \d{4}-\d\d-\d\d [\d:.]+"), "made THEN"),
]


def settled(text: str, home: Path) -> list[str]:
    """Output without times, release names and the folder it happens to run in."""
    text = text.replace(str(home / "var"), "var").replace(str(home), ".")
    for pattern, word in VOLATILE:
        text = pattern.sub(word, text)
    return [line.rstrip() for line in text.strip().splitlines()]


def printed(command: str, folder: Path) -> str:
    """What a command prints in a process of its own; the run, which imports most, in this one."""
    words = shlex.split(command.removeprefix("$ "))
    home = folder / "var" / "my_stores"
    if words[1] == "run":
        ended = crossvoice(home, *words[1:])
        assert ended.code == 0, ended.output
        return ended.stdout
    program = ["-m", "pipelines.cli.main"] if words[0].endswith("crossvoice") else []
    done = subprocess.run(
        [sys.executable, *program, *words[1:]], capture_output=True, text=True, cwd=folder,
        check=False,
        env={**os.environ, "CROSSVOICE_HOME": str(home), "PYTHONPATH": str(PROJECT_ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_command_prints_what_the_guide_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(GUIDE.read_text())
    for kind, name, text in blocks:
        if kind in ("csv", "yaml"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
    commands = [text for kind, _, text in blocks if kind == "console"]
    assert len(commands) == 4
    for text in commands:
        command, _, expected = text.partition("\n")
        assert settled(printed(command, tmp_path), tmp_path) == settled(expected, tmp_path), command
