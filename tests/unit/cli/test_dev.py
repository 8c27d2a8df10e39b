"""Serving a program by Dagster's own commands, as the guide says, is serving it by ours."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from pipelines.settings import PROJECT_ROOT, load_settings

GUIDE = PROJECT_ROOT / "docs" / "guides" / "operating.md"
SERVERS = ("dagster dev -w workspace.yaml", "dg dev")
ASKED = """
import json, os
from dagster import DagsterInstance
from dagster_dg_core.utils.telemetry import get_telemetry_settings_for_cli
from pipelines.settings import load_settings
print(json.dumps({
    "instance": DagsterInstance.get().telemetry_enabled,
    "dg": get_telemetry_settings_for_cli().dagster_telemetry_enabled,
    "sent": "DAGSTER_DISABLE_TELEMETRY" not in os.environ,
    "program": str(load_settings().program_folder),
    "home": str(load_settings().home),
}))
"""


def test_the_guides_environment_has_telemetry_off_on_a_fresh_home(tmp_path: Path) -> None:
    lines = [line[4:] for line in GUIDE.read_text().splitlines() if line.startswith("    ")]
    begin = next(i for i, line in enumerate(lines) if "crossvoice dev" in line)
    snippet = lines[begin : begin + 1 + len(SERVERS)]
    assert snippet[1:] == [f".venv/bin/{server}" for server in SERVERS]
    script = tmp_path / "asked.py"
    script.write_text(ASKED)
    setting = snippet[0].replace(".venv/bin", str(Path(sys.executable).parent))
    home = tmp_path / "a home" / "of mine"
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CROSSVOICE", "DAGSTER"))}
    done = subprocess.run(
        ["sh", "-ec", f"{setting}\n'{sys.executable}' '{script}'"],
        capture_output=True, text=True, check=False, cwd=PROJECT_ROOT,
        env={**kept, "CROSSVOICE_HOME": str(home), "HOME": str(tmp_path),
             "PYTHONPATH": str(PROJECT_ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "instance": False, "dg": False, "sent": False,
        "program": str(load_settings("demo").program_folder), "home": str(home),
    }  # fmt: skip
    assert not list(tmp_path.rglob(".telemetry")) and not list(tmp_path.rglob("event.log"))
