"""The Dagster instance of a program: its settings file and how it is opened.

What belongs here: what lies in the `dagster/` folder of the program's home. What does not:
running anything.
"""

from __future__ import annotations

from pathlib import Path

import dagster as dg
from dagster._core.instance.ref import InstanceRef
from dagster._core.storage.noop_compute_log_manager import NoOpComputeLogManager

from pipelines.cli.event_log import HeldEventLog
from pipelines.cli.migrations import migrations_read_once

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
    with migrations_read_once():
        return dg.DagsterInstance.from_ref(ref)
