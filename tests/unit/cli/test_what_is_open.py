"""A run says how many questions of `init` are open, whether it has anything to do or not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from pipelines.cli import run
from pipelines.fingerprint import fingerprint, read_basis
from pipelines.publishing.layout import CURRENT, PUBLICATION
from pipelines.settings import Settings

PROGRAM = """\
period: month
start: 2025-01-01
metrics: [{{id: nps, voice: customer}}]
sources:
  {asked}
  - table: unit_scores
    location: customers.csv
    columns: {{location_ref: store, period_ref: month}}
    values: [{{columns: [nps], voice: customer, scale: {{min: 0, max: 10}}}}]
"""
TOLD = "Not answered: 1 question of `crossvoice init`, see `crossvoice check`\n"


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a program that asks one thing."""
    monkeypatch.setenv("CROSSVOICE_HOME", str(tmp_path / "home"))
    ask(tmp_path, "# ? is a high score good?")
    return Settings(tmp_path, tmp_path / "home")


def ask(folder: Path, asked: str) -> None:
    (folder / "program.yaml").write_text(PROGRAM.format(asked=asked))


def released(settings: Settings) -> None:
    """What a release leaves that a run with nothing new looks at."""
    current = settings.published / CURRENT
    current.mkdir(parents=True, exist_ok=True)
    now = fingerprint(read_basis(settings), settings).whole
    (current / PUBLICATION).write_text(json.dumps({"release_id": "r1", "fingerprint": now}))


def test_with_nothing_new(settings: Settings, capsys: pytest.CaptureFixture[str]) -> None:
    released(settings)
    assert run.run_program(str(settings.program_folder), force=False) == 0
    told = capsys.readouterr().out
    assert told.startswith("Nothing new since release r1.")
    assert told.endswith(TOLD)

    ask(settings.program_folder, "# answered")
    released(settings)
    run.run_program(str(settings.program_folder), force=False)
    assert "Not answered" not in capsys.readouterr().out


def test_after_a_run(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    done = SimpleNamespace(execute=lambda *_: SimpleNamespace(succeeded=True, problems=[]))
    monkeypatch.setitem(sys.modules, "pipelines.cli.execution", done)
    monkeypatch.setattr(run, "_show_card", lambda *_: None)
    monkeypatch.setattr(run, "quiet_libraries", lambda _: None)  # would stay in the environment
    assert run.run_program(str(settings.program_folder), force=False) == 0
    assert capsys.readouterr().out.endswith(TOLD)
