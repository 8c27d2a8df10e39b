"""The guide "ten minutes", word for word: its files, its commands, its program, its output."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT
from tests.pipeline.runs import crossvoice
from tests.pipeline.test_guide import BLOCK, settled

GUIDE = PROJECT_ROOT / "docs" / "guides" / "ten-minutes.md"
COUNTS = re.compile(r"(done +)\d+/\d+ tables.*")
"""How much each stage made: counted in the tests of the stages."""


def lines_of(text: str, home: Path) -> list[str]:
    """Output without what differs from run to run."""
    lines = [line.replace("./my_program", "my_program") for line in settled(text, home)]
    return [COUNTS.sub(r"\1COUNTS", line) for line in lines]


def shows(expected: list[str], found: list[str]) -> bool:
    """Whether the output is as shown; a line `...` stands for any lines."""
    if not expected:
        return not found
    if expected[0] == "...":
        return any(shows(expected[1:], found[i:]) for i in range(len(found) + 1))
    return bool(found) and expected[0] == found[0] and shows(expected[1:], found[1:])


def called(command: str, folder: Path) -> str:
    """What a command prints: ours in this process, as the guide before shows them in one of their
    own; others as they are."""
    words = shlex.split(command.removeprefix("$ "))
    if words[0].endswith("crossvoice"):
        ended = crossvoice(folder / "var" / "my_program", *words[1:])
        assert ended.code == 0, ended.output
        return ended.stdout
    return subprocess.run(
        [sys.executable, *words[1:]], capture_output=True, text=True, cwd=folder, check=True
    ).stdout


def test_every_command_prints_what_the_guide_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    blocks = BLOCK.findall(GUIDE.read_text("utf-8"))
    (tmp_path / "docs" / "guides").mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / "docs" / "guides" / "ten_minutes_files.py", tmp_path / "docs/guides")
    written = {name: text for kind, name, text in blocks if kind == "yaml"}
    commands = [text for kind, _, text in blocks if kind == "console"]
    assert len(commands) == 7
    for text in commands:
        command, _, expected = text.partition("\n")
        found = lines_of(called(command, tmp_path), tmp_path)
        wanted = lines_of(expected, tmp_path)
        assert shows(wanted, found), f"{command}\n" + "\n".join(found)
        if " init " in command:
            for name, program in written.items():
                assert (tmp_path / name).read_text("utf-8") == program
