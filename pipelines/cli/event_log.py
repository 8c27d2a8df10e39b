"""The event log of a run in this process: Dagster's own files and rows, written many at a time.

What belongs here: when and how rows are written and asked for. What does not: the instance that
the log belongs to.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from typing import Any, NamedTuple

import dagster as dg
import sqlalchemy as sa
from dagster._core.event_api import EventLogRecord
from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
)
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.base import AssetRecord
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.event_log.sqlite.sqlite_event_log import INDEX_SHARD_NAME
from dagster_shared.record import copy
from sqlalchemy.pool import StaticPool

from pipelines.cli.event_rows import Numbered, write_assets, write_checks
from pipelines.cli.migrations import migrations_read_once

HELD_SECONDS = 1.0
"""How long an event is held, until the next one: what a killed process may lack in its log."""
LOCKED_SECONDS = 30.0
"""How long a file that another process writes is waited for."""
AT_ONCE = {dg.DagsterEventType.STEP_START, *EVENT_TYPE_TO_PIPELINE_RUN_STATUS}
"""Events that are written with all before them, so that a run can be followed step by step."""
OF_ALL_RUNS = ASSET_EVENTS | ASSET_CHECK_EVENTS | set(EVENT_TYPE_TO_PIPELINE_RUN_STATUS)
"""Events that also stand in the index."""


class Held(NamedTuple):
    """An event that is not written yet, and its row."""

    event: dg.EventLogEntry
    row: dict[str, Any]


def _once_there(look: Callable[..., bool]) -> Callable[..., bool]:
    """Asked for each event: is a table, a column, an index there? What is there stays."""

    def found(log: HeldEventLog, *arguments: Any) -> bool:
        thing = (look.__name__, arguments[-1])
        if thing not in log.there and look(log, *arguments):
            log.there.add(thing)
        return thing in log.there

    return found


class HeldEventLog(SqliteEventLogStorage):
    """Dagster's own event log, same files, same rows, over one held connection for each file.

    The stock one makes an engine and a connection for each of the 1,600 events of a run, and so
    compiles each statement anew, and SQLite empties its log into the file whenever the last
    connection closes: a third of the processor time of a small run. Commits wait for no disk:
    what a power cut takes from the log of a run can be made again, as the whole folder can.

    Events are held until a step starts, a second has passed, or anybody looks, and are written
    together; they have no partitions. The record of an asset, which each step and check asks for,
    is read once and follows the events, until another process writes.
    """

    _INSERT = SqlEventLogStorageTable.insert()

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._connections: dict[str, sa.Connection] = {}
        self._turn = threading.RLock()
        self._held: list[Held] = []
        self._unindexed: list[Held] = []
        self._written_at = time.monotonic()
        self._records: dict[dg.AssetKey, AssetRecord] = {}
        self._records_as_of: int | None = None
        self.there: set[tuple[str, Any]] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> HeldEventLog:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._turn:
            self.write()
            with self._transaction(shard) as connection:
                yield connection

    @contextmanager
    def _transaction(self, shard: str) -> Iterator[sa.Connection]:
        with self._turn:
            if shard not in self._connections:
                self._connections[shard] = self._engine(shard).connect()
            connection = self._connections[shard]
            try:
                yield connection
                connection.commit()
            except BaseException:
                connection.rollback()
                raise

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            engine = sa.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,  # one connection; the lock gives it to one thread at a time
                connect_args={"timeout": LOCKED_SECONDS, "check_same_thread": False},
            )
            with migrations_read_once():
                self._initdb(engine)
            with engine.connect() as connection:
                connection.execute(sa.text("pragma synchronous = off"))
            self._engines[shard] = engine
        return self._engines[shard]

    def store_event(self, event: dg.EventLogEntry) -> None:
        with self._turn:
            self._held.append(Held(event, self._event_to_row(event)))
            is_late = time.monotonic() - self._written_at > HELD_SECONDS
            if is_late or event.dagster_event_type in AT_ONCE:
                self.write()

    def write(self) -> None:
        """Write what is held; what a locked file does not take stays held, in its order."""
        with self._turn:
            if not self._held and not self._unindexed:
                return
            held, self._held = self._held, []
            try:
                for run_id, alike in groupby(list(held), lambda one: one.event.run_id):
                    of_run = list(alike)
                    with self._transaction(run_id) as log:
                        log.execute(self._INSERT, [one.row for one in of_run])
                    del held[: len(of_run)]
                    self._unindexed += [
                        one for one in of_run if one.event.dagster_event_type in OF_ALL_RUNS
                    ]
            finally:
                self._held = held + self._held
            self._index()
            self._written_at = time.monotonic()

    def _index(self) -> None:
        """Write the events of the index, once they stand in the logs of their runs."""
        held, self._unindexed = self._unindexed, []
        if not held:
            return
        try:
            unplanned = self._write_index(held)
        except BaseException:
            self._unindexed = held + self._unindexed
            self._records_as_of = None  # what was not written may have been followed
            raise
        for one in unplanned:
            self.store_asset_check_event(one.event, one.number)

    def _write_index(self, held: Sequence[Held]) -> list[Numbered]:
        with self._transaction(INDEX_SHARD_NAME) as index:
            index.execute(self._INSERT, [one.row for one in held])
            # SQLite numbers the rows of a transaction one after another
            last = index.exec_driver_sql("select last_insert_rowid()").scalar_one()
            first = last - len(held) + 1
            numbered = [Numbered(*one, number) for number, one in enumerate(held, first)]
            self._write_assets(index, [one for one in numbered if one.kind in ASSET_EVENTS])
            checks = [one for one in numbered if one.kind in ASSET_CHECK_EVENTS]
            return write_checks(index, checks)

    def _write_assets(self, index: sa.Connection, events: Sequence[Numbered]) -> None:
        if not events:
            return
        entries = [one.event for one in events]
        self._store_asset_event_tags(index, entries, [one.number for one in events])
        has_columns = self._has_asset_key_index_cols_on_connection(index)
        rows = [
            {"asset_key": one.row["asset_key"], **values}
            for one in events
            if (values := self._get_asset_entry_values(one.event, one.number, has_columns))
        ]
        write_assets(index, rows)
        for one in events:
            self._follow(one)

    def _follow(self, one: Numbered) -> None:
        """Bring the record of an asset, if it has been read, up to its latest event."""
        told = one.event.get_dagster_event()
        record = self._records.get(told.asset_key)
        if record is None or not (
            told.is_step_materialization or told.is_asset_materialization_planned
        ):
            self._records_as_of = None
            return
        changes: dict[str, Any] = {"last_run_id": one.event.run_id}
        if told.is_step_materialization:
            changes["last_materialization_record"] = EventLogRecord(one.number, one.event)
        entry = copy(record.asset_entry, **changes)
        self._records[told.asset_key] = copy(record, asset_entry=entry)

    def get_asset_records(
        self, asset_keys: Sequence[dg.AssetKey] | None = None
    ) -> Sequence[AssetRecord]:
        with self._turn:
            with self._connect(INDEX_SHARD_NAME) as index:
                # a number that changes with what other connections write
                now = index.exec_driver_sql("pragma data_version").scalar_one()
            if now != self._records_as_of:
                records = super().get_asset_records()
                self._records = {r.asset_entry.asset_key: r for r in records}
                self._records_as_of = now
            wanted = self._records if asset_keys is None else dict.fromkeys(asset_keys)
            return [self._records[key] for key in wanted if key in self._records]

    has_table = _once_there(SqliteEventLogStorage.has_table)
    has_secondary_index = _once_there(SqliteEventLogStorage.has_secondary_index)
    has_asset_key_col = _once_there(SqliteEventLogStorage.has_asset_key_col)
    _has_asset_key_col_on_connection = _once_there(
        SqliteEventLogStorage._has_asset_key_col_on_connection
    )

    def dispose(self) -> None:
        self.write()
        super().dispose()
        while self._connections:
            self._connections.popitem()[1].close()
        while self._engines:
            self._engines.popitem()[1].dispose()
