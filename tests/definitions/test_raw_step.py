"""The raw stage begins a run anew."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from data_checks.results import CheckResult, not_met, write_record
from pipelines.defs.common import ProgramResource
from pipelines.defs.raw import raw_assets
from pipelines.program.reading import read_program
from pipelines.settings import load_settings

PROGRAM = """\
period: month
start: 2025-01-01
metrics: [{id: mood, voice: employee}, {id: nps, voice: customer}]
sources:
  - table: unit_scores
    location: scores.csv
    columns: {location_ref: store, period_ref: month}
    values:
      - {columns: [mood], voice: employee, scale: {min: 1, max: 5}}
      - {columns: [nps], voice: customer, scale: {min: 0, max: 10}}
"""


def test_what_an_earlier_run_found_is_not_said_of_this_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that ends at the raw stage has not asked the marts again."""
    (tmp_path / "program.yaml").write_text(PROGRAM)
    monkeypatch.setenv("CROSSVOICE_PROGRAM", str(tmp_path))
    monkeypatch.setenv("CROSSVOICE_HOME", str(tmp_path / "home"))
    settings = load_settings()
    old = CheckResult("marts.dim_units", "c", "critical", "failed", 1, 1, None, "Mended since.")
    write_record([old], settings.logs / "checks")
    step = raw_assets(read_program(settings.program_folder))
    with dg.DagsterInstance.ephemeral() as instance:
        dg.materialize([step], instance=instance, resources={"program": ProgramResource()})
    assert not_met(settings.logs / "checks") == []
