"""The Dagster instance of a program: its settings file and its event log.

What belongs here: what lies in the `dagster/` folder of the program's home. What does not:
running anything.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

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


def write_instance_settings(dagster_home: Path) -> None:
    """Write `dagster.yaml` unless it says the same already."""
    dagster_home.mkdir(parents=True, exist_ok=True)
    path = dagster_home / "dagster.yaml"
    if not path.exists() or path.read_text() != SETTINGS:
        path.write_text(SETTINGS)


@contextmanager
def event_log_open(dagster_home: Path, run_id: str) -> Iterator[None]:
    """Keep the SQLite files of the event log open while a run writes to them.

    Dagster opens and closes them for every event; SQLite empties its log into the file whenever
    the last connection closes. With one connection held open that happens once, at the end.
    Measured on 100 assets with 100 checks: 15 s instead of 36 s on a busy machine.
    """
    history = dagster_home / "history"
    (history / "runs").mkdir(parents=True, exist_ok=True)
    files = [history / "runs.db", history / "runs" / "index.db", history / "runs" / f"{run_id}.db"]
    with ExitStack() as stack:
        for file in files:
            connection = stack.enter_context(closing(sqlite3.connect(file)))
            connection.execute("pragma journal_mode = wal")
            connection.execute("select count(*) from sqlite_master").fetchall()
        yield
