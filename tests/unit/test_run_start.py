"""Work on a program's state: alone, and after what a killed process left is done."""

from __future__ import annotations

import fcntl
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from pipelines import run_lock
from pipelines.errors import RunLockedError
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
