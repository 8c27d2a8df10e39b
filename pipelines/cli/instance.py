"""The Dagster instance of a program: its settings file and its event log.

What belongs here: what lies in the `dagster/` folder of the program's home. What does not:
running anything.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import dagster as dg
import sqlalchemy as sa
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.event_log import SqliteEventLogStorage
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


class HeldEventLog(SqliteEventLogStorage):
    """Dagster's own event log, same files, same rows, over one held connection for each file.

    The stock one makes an engine and a connection for each of the 1,400 events of a run, and so
    compiles each statement anew, and SQLite empties its log into the file whenever the last
    connection closes: a third of the processor time of a small run. Commits wait for no disk:
    what a power cut takes from the log of a run can be made again, as the whole folder can.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:
        self._engines: dict[str, sa.Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> HeldEventLog:
        return cls(inst_data=inst_data, **config_value)

    @contextmanager
    def _connect(self, shard: str) -> Iterator[sa.Connection]:
        with self._db_lock, self._engine(shard).begin() as connection:
            yield connection

    def _engine(self, shard: str) -> sa.Engine:
        if shard not in self._engines:
            engine = sa.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,  # one connection; the lock gives it to one thread at a time
                connect_args={"timeout": 30, "check_same_thread": False},
            )
            self._initdb(engine)
            with engine.connect() as connection:
                connection.execute(sa.text("pragma synchronous = off"))
            self._engines[shard] = engine
        return self._engines[shard]

    def has_table(self, table_name: str) -> bool:
        # asked for each event of a check; a table that is there stays
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    def dispose(self) -> None:
        super().dispose()
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
    return dg.DagsterInstance.from_ref(ref)
