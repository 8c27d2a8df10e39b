"""A program edited during a run: the run keeps to what it read, the next one finds it new."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.defs.common import ProgramResource
from pipelines.fingerprint import fingerprint, read_basis
from pipelines.settings import PROJECT_ROOT, load_settings


@pytest.fixture
def program_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "program" / "program.yaml"
    path.parent.mkdir()
    path.write_text((PROJECT_ROOT / "programs" / "demo" / "program.yaml").read_text())
    monkeypatch.setenv("CROSSVOICE_PROGRAM", str(path.parent))
    monkeypatch.setenv("CROSSVOICE_HOME", str(tmp_path / "home"))
    return path


def retitle(path: Path, title: str) -> None:
    lines = path.read_text().splitlines()
    path.write_text("\n".join(f"title: {title}" if x.startswith("title:") else x for x in lines))


def test_every_step_works_from_what_the_run_started_with(program_file: Path) -> None:
    retitle(program_file, "Before")
    settings = load_settings()
    started_with = fingerprint(read_basis(settings), settings)
    seen = []

    @dg.asset
    def early(program: ProgramResource) -> None:
        seen.append(program.program().title)
        retitle(program_file, "Edited")

    @dg.asset(deps=[early])
    def late(program: ProgramResource) -> None:
        seen.append(program.program().title)
        seen.append(fingerprint(program.basis(), settings, landed=True))

    assert dg.materialize([early, late], resources={"program": ProgramResource()}).success
    assert seen == ["Before", "Before", started_with]
    now = fingerprint(read_basis(settings), settings)
    assert now.config != started_with.config
    assert now.whole != started_with.whole


def test_the_next_run_reads_the_edited_program(program_file: Path) -> None:
    """One resource, two runs, as in a code location that stays loaded."""
    resource, seen = ProgramResource(), []

    @dg.asset
    def step(program: ProgramResource) -> None:
        seen.append(program.program().title)

    for title in ("Before", "Edited"):
        retitle(program_file, title)
        assert dg.materialize([step], resources={"program": resource}).success
    assert seen == ["Before", "Edited"]
