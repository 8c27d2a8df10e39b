"""The event log of our runs holds what Dagster's own would, table by table and row by row."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest
from alembic.script import ScriptDirectory
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy.exc import OperationalError

from pipelines.cli import event_log
from pipelines.cli.event_log import HeldEventLog
from pipelines.cli.instance import open_instance, write_instance_settings

WRITTEN = ("create_timestamp", "migration_completed")
KEYS = [dg.AssetKey(["raw", "units"]), dg.AssetKey(["raw", "comments"])]


@dg.multi_asset(specs=[dg.AssetSpec(KEYS[0]), dg.AssetSpec(KEYS[1], deps=[KEYS[0]])])
def tables():
    for rows, key in enumerate(KEYS):
        yield dg.MaterializeResult(asset_key=key, metadata={"rows": rows}, tags={"stage": "raw"})


@dg.multi_asset_check(specs=[dg.AssetCheckSpec("is_sound", asset=key) for key in KEYS])
def checks():
    for key, passed in zip(KEYS, (True, False), strict=True):
        yield dg.AssetCheckResult(passed=passed, asset_key=key, check_name="is_sound")


@dg.asset
def broken() -> None:
    raise ValueError("on purpose")


@pytest.fixture(scope="module")
def events(tmp_path_factory: pytest.TempPathFactory) -> list[dg.EventLogEntry]:
    """All that happens in a run that makes assets, fails a check, and fails itself."""
    home = tmp_path_factory.mktemp("dagster")
    write_instance_settings(home)
    job = dg.Definitions(
        assets=[tables, broken], asset_checks=[checks],
        jobs=[dg.define_asset_job("job", selection=dg.AssetSelection.all())],
    ).resolve_job_def("job")  # fmt: skip
    quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
    with open_instance(home) as instance:
        ended = job.execute_in_process(instance=instance, raise_on_error=False, run_config=quiet)
        assert not ended.success
        return list(instance.all_logs(ended.run_id))


def rows(folder: Path) -> dict[tuple[str, str], list[tuple]]:
    """Rows by file and table, without the times at which they were written."""
    found = {}
    for path in folder.rglob("*.db"):
        with sqlite3.connect(path) as con:
            for (table,) in con.execute("select name from sqlite_master where type = 'table'"):
                told = con.execute(f"select * from {table}")
                kept = [i for i, c in enumerate(told.description) if c[0] not in WRITTEN]
                found[path.name, table] = [tuple(row[i] for i in kept) for row in told]
    return found


def test_the_same_events_leave_the_same_rows(
    events: list[dg.EventLogEntry], tmp_path: Path
) -> None:
    for name, kind in (("ours", HeldEventLog), ("theirs", SqliteEventLogStorage)):
        log = kind(str(tmp_path / name))
        for event in events:
            log.store_event(event)
        log.dispose()
    ours, theirs = rows(tmp_path / "ours"), rows(tmp_path / "theirs")
    filled = {table for (_, table), found in ours.items() if found}
    assert {"asset_keys", "asset_check_executions", "asset_event_tags", "event_logs"} <= filled
    assert ours == theirs
    checks = [row for (_, table), found in ours.items() for row in found if "check" in table]
    assert {"SUCCEEDED", "FAILED"} <= {value for row in checks for value in row}


def test_a_check_that_nobody_planned_leaves_the_same_row(
    events: list[dg.EventLogEntry], tmp_path: Path
) -> None:
    evaluated = dg.DagsterEventType.ASSET_CHECK_EVALUATION
    for name, kind in (("ours", HeldEventLog), ("theirs", SqliteEventLogStorage)):
        log = kind(str(tmp_path / name))
        for event in events:
            if event.dagster_event_type == evaluated:
                log.store_event(event)
        log.dispose()
    assert rows(tmp_path / "ours") == rows(tmp_path / "theirs")


def test_records_of_assets_follow_the_events(
    events: list[dg.EventLogEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, theirs = (
        kind(str(tmp_path / kind.__name__)) for kind in (HeldEventLog, SqliteEventLogStorage)
    )
    asked, ask = [], SqliteEventLogStorage.get_asset_records
    for event in events:
        for log in (ours, theirs):
            log.store_event(event)
        monkeypatch.setattr(
            SqliteEventLogStorage, "get_asset_records", lambda *a: asked.append(a) or ask(*a)
        )
        told = ours.get_asset_records(KEYS)
        monkeypatch.undo()
        assert sorted(told, key=str) == sorted(theirs.get_asset_records(KEYS), key=str)
    assert [r.asset_entry.last_materialization_record is None for r in told] == [False] * 2
    assert len(asked) <= 1 + len({*KEYS, broken.key})  # first, and after each first event
    other = SqliteEventLogStorage(str(tmp_path / HeldEventLog.__name__))
    other.wipe_asset(KEYS[0])
    assert [r.asset_entry.asset_key for r in ours.get_asset_records(KEYS)] == KEYS[1:]


def test_events_are_held_until_a_step_starts_or_somebody_looks(
    events: list[dg.EventLogEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [0.0]
    monkeypatch.setattr(event_log.time, "monotonic", lambda: clock[0])
    log = HeldEventLog(str(tmp_path))
    [run] = {event.run_id for event in events}
    start = dg.DagsterEventType.STEP_START
    plain = next(e for e in events if e.dagster_event_type == dg.DagsterEventType.STEP_OUTPUT)
    begun = next(e for e in events if e.dagster_event_type == start)

    def written() -> int:
        found = rows(tmp_path)
        return len(found.get((f"{run}.db", "event_logs"), []))

    log.store_event(plain)
    assert written() == 0
    log.store_event(begun)
    assert written() == 2
    log.store_event(plain)
    assert (written(), len(log.get_logs_for_run(run)), written()) == (2, 3, 3)
    log.store_event(plain)
    clock[0] += 2 * event_log.HELD_SECONDS
    log.store_event(plain)
    assert written() == 5
    log.store_event(plain)
    log.dispose()
    assert written() == 6


@pytest.mark.parametrize("locked", ["log", "index"])
def test_events_that_a_locked_file_does_not_take_are_held(
    events: list[dg.EventLogEntry], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, locked: str
) -> None:
    monkeypatch.setattr(event_log, "LOCKED_SECONDS", 0)
    ours, theirs = (
        kind(str(tmp_path / kind.__name__)) for kind in (HeldEventLog, SqliteEventLogStorage)
    )
    [run] = {event.run_id for event in events}
    refused = 0
    for number, event in enumerate(events):
        theirs.store_event(event)
        if number < len(events) // 4:  # both files are there
            ours.store_event(event)
            ours.write()
            continue
        name = f"{run}.db" if locked == "log" else "index.db"
        with closing(sqlite3.connect(tmp_path / "HeldEventLog" / name)) as other:
            other.execute("begin immediate")
            try:
                ours.store_event(event)
                ours.write()
            except OperationalError as error:
                assert "database is locked" in str(error)
                refused += 1
    assert refused > 1
    ours.dispose()
    theirs.dispose()
    assert rows(tmp_path / "HeldEventLog") == rows(tmp_path / "SqliteEventLogStorage")


def test_migrations_are_read_once_a_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, load = [], ScriptDirectory._load_revisions
    before = ScriptDirectory.__dict__["from_config"]
    monkeypatch.setattr(
        ScriptDirectory, "_load_revisions", lambda self: read.append(self) or load(self)
    )
    for name in ("new", "other"):
        write_instance_settings(tmp_path / name)
        with open_instance(tmp_path / name) as instance, sqlite3.connect(
            tmp_path / name / "history" / "runs" / "index.db"
        ) as index:
            assert instance.get_runs() == []
            [(stamped,)] = index.execute("select version_num from alembic_version").fetchall()
        assert stamped
    assert len(read) <= 1
    assert ScriptDirectory.__dict__["from_config"] is before
