"""The Dagster instance of a program: its settings file and its event log.

What belongs here: what lies in the `dagster/` folder of the program's home. What does not:
running anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.events import (
    ASSET_CHECK_EVENTS,
    ASSET_EVENTS,
    EVENT_TYPE_TO_PIPELINE_RUN_STATUS,
)
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.storage.event_log.schema import SqlEventLogStorageTable
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager
from sqlalchemy.pool import StaticPool

SETTINGS = """\
# Written by crossvoice. Employee data: nothing is reported to anybody.
telemetry:
  enabled: false
nux:
  enabled: false
run_coordinator:
  module: dagster.core.run_coordinator
  class: QueuedRunCoordinator
  config:
    max_concurrent_runs: 1
"""


_MIGRATIONS: dict[str, ScriptDirectory] = {}


@contextmanager
def _migrations_read_once() -> Iterator[None]:
    """Dagster's ninety migrations are modules, and each file of SQLite that is opened makes it
    import them all for the number of the last one; a file that is new, twice more."""
    stock = ScriptDirectory.__dict__["from_config"]

    def known(config: Config) -> ScriptDirectory:
        place = str(config.get_main_option("script_location"))
        if place not in _MIGRATIONS:
            _MIGRATIONS[place] = stock.__get__(None, ScriptDirectory)(config)
        return _MIGRATIONS[place]

    ScriptDirectory.from_config = staticmethod(known)  # type: ignore[method-assign]
    try:
        yield
    finally:
        ScriptDirectory.from_config = stock  # type: ignore[method-assign]


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

    The stock one makes an engine and a connection for each of the 1,400 events of a run, and so
    compiles each statement anew, and SQLite empties its log into the file whenever the last
    connection closes: a third of the processor time of a small run. Commits wait for no disk:
    what a power cut takes from the log of a run can be made again, as the whole folder can.

    The row of an event is made once for both logs, and what the tables have is asked once.
    """

    _INSERT = SqlEventLogStorageTable.insert()

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._connections: dict[str, sa.Connection] = {}
        self.there: set[tuple[str, Any]] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> HeldEventLog:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock:
            if shard not in self._connections:
                self._connections[shard] = self._engine(shard).connect()
            connection = self._connections[shard]
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            engine = sa.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,  # one connection; the lock gives it to one thread at a time
                connect_args={"timeout": 30, "check_same_thread": False},
            )
            with _migrations_read_once():
                self._initdb(engine)
            with engine.connect() as connection:
                connection.execute(sa.text("pragma synchronous = off"))
            self._engines[shard] = engine
        return self._engines[shard]

    def store_event(self, event: dg.EventLogEntry) -> None:
        """The stock order of writes, with one row for the log of the run and that of all runs."""
        row = self._event_to_row(event)
        kind = event.dagster_event_type if event.is_dagster_event else None
        with self.run_connection(event.run_id) as log:
            log.execute(self._INSERT, row)
        if kind in ASSET_EVENTS:
            with self.index_connection() as index:
                number = index.execute(self._INSERT, row).inserted_primary_key[0]
                self._store_asset_event_tags(index, [event], [number])
                self._store_asset_event(index, event, number)
        elif kind in ASSET_CHECK_EVENTS:
            with self.index_connection() as index:
                number = index.execute(self._INSERT, row).inserted_primary_key[0]
            self.store_asset_check_event(event, number)
        elif kind in EVENT_TYPE_TO_PIPELINE_RUN_STATUS:
            with self.index_connection() as index:
                index.execute(self._INSERT, row)

    has_table = _once_there(SqliteEventLogStorage.has_table)
    has_secondary_index = _once_there(SqliteEventLogStorage.has_secondary_index)
    has_asset_key_col = _once_there(SqliteEventLogStorage.has_asset_key_col)
    _has_asset_key_col_on_connection = _once_there(
        SqliteEventLogStorage._has_asset_key_col_on_connection
    )

    def dispose(self) -> None:
        super().dispose()
        while self._connections:
            self._connections.popitem()[1].close()
        while self._engines:
            self._engines.popitem()[1].dispose()


def write_instance_settings(dagster_home: Path) -> None:
    """Write `dagster.yaml` unless it says the same already."""
    dagster_home.mkdir(parents=True, exist_ok=True)
    path = dagster_home / "dagster.yaml"
    if not path.exists() or path.read_text() != SETTINGS:
        path.write_text(SETTINGS)


def open_instance(dagster_home: Path) -> dg.DagsterInstance:
    """The instance for a run in this process; the same files as the stock one reads and writes."""
    log = {
        "module": HeldEventLog.__module__,
        "class": HeldEventLog.__name__,
        "config": {"base_dir": str(dagster_home / "history" / "runs")},
    }
    # what a step prints belongs on the terminal of this process, not in a file with four watchers
    printed = {
        "module": NoOpComputeLogManager.__module__,
        "class": NoOpComputeLogManager.__name__,
    }
    overrides = {"event_log_storage": log, "compute_logs": printed}
    ref = InstanceRef.from_dir(str(dagster_home), overrides=overrides)
    with _migrations_read_once():
        return dg.DagsterInstance.from_ref(ref)
