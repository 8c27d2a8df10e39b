"""Work on a program's state: alone, and after what a killed process left is done."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelines import home_owner, run_lock
from pipelines.errors import CrossvoiceError, RunLockedError
from pipelines.run_lock import lock_holder
from pipelines.run_start import alone
from pipelines.settings import Settings

HOLD = (
    "import sys; from pathlib import Path; from pipelines.run_lock import run_lock\n"
    "with run_lock(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "program", tmp_path / "home")


def test_what_a_killed_run_left_is_swept_and_a_run_inside_is_part_of_it(settings: Settings) -> None:
    half = settings.landing / "survey" / ".half"
    half.mkdir(parents=True)
    with alone(settings) as secret:
        assert not half.exists()
        assert secret.is_new
        half.mkdir()
        with alone(settings) as same:
            assert half.exists(), "a batch of the work under way"
            assert same.id == secret.id
        assert lock_holder(settings.lock), "the end of the run inside is not the end of the work"
    assert lock_holder(settings.lock) is None


def test_another_process_is_told_with_its_number_and_nothing_is_swept(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock, "PATIENCE", 0.1)
    half = settings.landing / "survey" / ".half"
    half.mkdir(parents=True)
    words = [sys.executable, "-c", HOLD, str(settings.lock)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(RunLockedError, match=f"process {holder.pid}"), alone(settings):
            pass
        assert half.exists()
        holder.kill()
    with alone(settings):
        assert not half.exists()


def test_who_asks_for_a_moment_stops_nobody(settings: Settings) -> None:
    settings.lock.parent.mkdir(parents=True)
    with settings.lock.open("a+") as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)
        threading.Timer(0.1, fcntl.flock, (asking, fcntl.LOCK_UN)).start()
        with alone(settings):
            assert lock_holder(settings.lock)


def _program(folder: Path, name: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "program.yaml").write_text(
        f"program: {name}\nperiod: year\nstart: 2025-01-01\n"
        "metrics: [{id: staff, voice: employee}]\n"
        "sources:\n"
        "  - {table: unit_scores, location: s.csv, columns: {period_ref: {value: '2025'},\n"
        "     location_ref: store}, values: [{columns: [staff], voice: employee,\n"
        "     scale: {min: 0, max: 10}}]}\n"
    )
    return folder


def test_the_state_of_another_program_is_left_alone(tmp_path: Path) -> None:
    """Its rows stay though its files are not named, and would be released with this one's."""
    home = tmp_path / "home"
    first = Settings(_program(tmp_path / "first", "north"), home)
    with alone(first):
        pass
    half = home / "landing" / "survey" / ".half"
    half.mkdir(parents=True)
    with pytest.raises(CrossvoiceError, match="state of another program") as caught, \
            alone(Settings(_program(tmp_path / "second", "south"), home)):  # fmt: skip
        pytest.fail("the rows of two programs would meet")
    assert str(first.program_folder) in caught.value.what
    assert caught.value.where == str(home)
    assert "CROSSVOICE_HOME" in caught.value.mend
    assert half.exists(), "nothing of the other is touched"


def test_a_program_that_moved_takes_its_state_along(tmp_path: Path) -> None:
    home = tmp_path / "home"
    folder = _program(tmp_path / "first", "north")
    checkout = _program(tmp_path / "checkout", "north")
    for place in (folder, checkout, folder):
        with alone(Settings(place, home)):
            assert (home / home_owner.NOTE).read_text() == f"{place}\n"
    folder.rename(tmp_path / "elsewhere")
    with alone(Settings(_program(tmp_path / "renamed", "south"), home)):
        assert "renamed" in (home / home_owner.NOTE).read_text()


def test_two_folders_of_one_name_have_one_home_by_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_owner, "PROJECT_ROOT", tmp_path)
    home = tmp_path / "var" / "my_program"
    with alone(Settings(_program(tmp_path / "a" / "my_program", "my_program"), home)):
        pass
    other = Settings(_program(tmp_path / "b" / "my_program", "my_program"), home)
    with pytest.raises(CrossvoiceError, match="another program"), alone(other):
        pytest.fail("whoever ran `init` twice has two programs of this name")
