"""Releasing: one rename, readers undisturbed, nothing left of a half-done release."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import ReleaseError
from pipelines.publishing.layout import CANDIDATE, DATABASE, PUBLICATION
from pipelines.publishing.release import current_release, last_publication, release_candidate
from pipelines.settings import Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(program_folder=tmp_path / "program", home=tmp_path / "home")


def candidate(settings: Settings, release_id: str, value: int) -> None:
    folder = settings.published / CANDIDATE / "shared"
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / DATABASE)) as con:
        con.execute(f"create table t as select {value} as value")
    (folder.parent / PUBLICATION).write_text(json.dumps({"release_id": release_id}))


def shown(settings: Settings) -> int:
    path = (settings.published / "current" / "shared" / DATABASE).resolve()
    with duckdb.connect(str(path), read_only=True) as con:
        return con.sql("select value from t").fetchall()[0][0]


def test_a_release_becomes_current_and_a_reader_keeps_the_old_one(settings: Settings) -> None:
    candidate(settings, "a", 1)
    first = release_candidate(settings)
    reader = duckdb.connect(str(first / "shared" / DATABASE), read_only=True)
    candidate(settings, "b", 2)
    second = release_candidate(settings)
    assert current_release(settings) == second
    assert shown(settings) == 2
    assert reader.sql("select value from t").fetchall() == [(1,)]
    assert last_publication(settings) == {"release_id": "b"}
    assert not (settings.published / CANDIDATE).exists()


def test_without_a_whole_candidate_nothing_is_released(settings: Settings) -> None:
    candidate(settings, "a", 1)
    release_candidate(settings)
    (settings.published / CANDIDATE / "shared").mkdir(parents=True)
    with pytest.raises(ReleaseError, match="no whole candidate"):
        release_candidate(settings)
    assert shown(settings) == 1


def test_a_stale_write_ahead_log_is_not_released(settings: Settings) -> None:
    candidate(settings, "a", 1)
    wal = settings.published / CANDIDATE / "shared" / f"{DATABASE}.wal"
    wal.write_bytes(b"left by a client that died")
    folder = release_candidate(settings)
    assert list(folder.rglob("*.wal")) == []
    assert shown(settings) == 1


def test_a_release_killed_before_the_link_is_made_again(settings: Settings) -> None:
    candidate(settings, "a", 1)
    release_candidate(settings)
    leftover = settings.published / "releases" / "b" / "shared"
    leftover.mkdir(parents=True)
    (leftover / "half").write_text("written before the kill")
    candidate(settings, "b", 2)
    folder = release_candidate(settings)
    assert shown(settings) == 2
    assert not (folder / "shared" / "half").exists()


def test_released_files_cannot_be_written(settings: Settings) -> None:
    candidate(settings, "a", 1)
    folder = release_candidate(settings)
    for path in folder.rglob("*"):
        if path.is_file():
            assert path.stat().st_mode & 0o777 == 0o400
