"""The Dagster instance of a program: its settings file.

What belongs here: `dagster.yaml` under the program's home. What does not: running anything.
"""

from __future__ import annotations

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
