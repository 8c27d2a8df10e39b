"""Our in-process dbt run yields the events of the official integration, a tool of tests."""

import datetime as dt
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
from dagster_dbt import (
    DagsterDbtTranslator,
    DagsterDbtTranslatorSettings,
    DbtCliResource,
    dbt_assets,
)

from pipelines import models, raw, warehouse
from pipelines.defs.common import ProgramResource
from pipelines.defs.models import model_assets
from pipelines.demo import generate
from pipelines.program.reading import read_program
from pipelines.settings import load_settings, quiet_libraries


class Translator(DagsterDbtTranslator):
    """The official integration with our keys."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_asset_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A program whose raw stage has been made."""
    before = dict(os.environ)
    folder = tmp_path_factory.mktemp("events")
    os.environ["CROSSVOICE_HOME"] = str(folder)
    settings = load_settings("demo")
    quiet_libraries(settings)
    os.environ["CROSSVOICE_WAREHOUSE"] = str(settings.warehouse)
    generate(folder / "company", seed=3, locations=6, teams=12)
    program = read_program(settings.program_folder)
    with warehouse.connect(settings.warehouse) as con:
        raw.register_batches(con, program, settings)
        raw.write_declarations(con, program, dt.date(2026, 1, 1))
        raw.write_unit_references(con, program)
    yield folder
    os.environ.clear()
    os.environ.update(before)


def events_of(definition: dg.AssetsDefinition, resources: dict) -> set[tuple]:
    """What a step reports: assets made, checks evaluated and their result."""
    result = dg.materialize([definition], resources=resources, raise_on_error=True)
    events = result.get_asset_materialization_events()
    made = {("asset", event.asset_key.to_user_string()) for event in events}
    checked = {
        ("check", c.asset_key.to_user_string(), c.check_name, c.passed)
        for c in result.get_asset_check_evaluations()
    }
    return made | checked


@pytest.fixture
def project(home: Path, tmp_path: Path) -> Path:
    """The dbt project as it was parsed, on the warehouse of the program.

    dbt parses anew when a variable of its profile has another value than at the last parse.
    """
    models.ensure_manifest()
    folder = tmp_path / "dbt_project"
    shutil.copytree(models.DBT_PROJECT, folder, ignore=shutil.ignore_patterns("target", "logs"))
    (folder / "target").mkdir()
    shutil.copy(models.PARSED, folder / "target")
    (folder / "target" / "warehouse.duckdb").symlink_to(load_settings("demo").warehouse)
    return folder


def test_in_process_events_equal_the_official_ones(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = model_assets()[0]

    @dbt_assets(manifest=models.ensure_manifest(), name="official",
                exclude="fqn:crossvoice.marts.linkage resource_type:unit_test",
                dagster_dbt_translator=Translator())
    def official(context: dg.AssetExecutionContext, dbt: DbtCliResource):
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        yield from dbt.cli(arguments, context=context).stream()

    dbt = DbtCliResource(
        project_dir=str(project), profiles_dir=str(project),
        dbt_executable=str(Path(sys.executable).parent / "dbt"),
    )  # fmt: skip
    found = events_of(ours, {"program": ProgramResource()})
    assert ("asset", "marts/dim_locations") in found
    assert any(event[0] == "check" for event in found)
    monkeypatch.delenv("CROSSVOICE_WAREHOUSE")  # as it was parsed
    assert found == events_of(official, {"dbt": dbt})
    theirs = {spec.key: {d.asset_key for d in spec.deps} for spec in official.specs}
    assert {s.key: {d.asset_key for d in s.deps} for s in ours.specs} == theirs


def test_part_of_a_step_can_be_made_again_alone(home: Path) -> None:
    step = model_assets()[0]
    chosen = dg.AssetSelection.assets(["staging", "stg_units"]).without_checks()
    result = dg.materialize(
        [step], selection=chosen, resources={"program": ProgramResource()}
    )
    made = [e.asset_key.to_user_string() for e in result.get_asset_materialization_events()]
    assert made == ["staging/stg_units"]
