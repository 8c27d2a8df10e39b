"""The event log of our runs holds what Dagster's own would, table by table and row by row."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import dagster as dg
import pytest
from alembic.script import ScriptDirectory
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.cli.instance import HeldEventLog, open_instance, write_instance_settings

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
        records = log.get_asset_records(KEYS)
        assert [r.asset_entry.last_materialization_record is None for r in records] == [False] * 2
        log.dispose()
    ours, theirs = rows(tmp_path / "ours"), rows(tmp_path / "theirs")
    filled = {table for (_, table), found in ours.items() if found}
    assert {"asset_keys", "asset_check_executions", "asset_event_tags", "event_logs"} <= filled
    assert ours == theirs


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
