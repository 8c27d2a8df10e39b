"""Our in-process dbt run yields the events of the official integration, a tool of tests."""

import datetime as dt
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pipelines import models, raw, warehouse
from pipelines.defs.common import ProgramResource
from pipelines.defs.models import AFTER_MASK, model_assets
from pipelines.demo import generate
from pipelines.program.reading import read_program
from pipelines.settings import load_settings, quiet_libraries

ENDS = (
    "unit_period_participation", "periods", "dim_locations", "dim_metrics", "attribution_methods",
)  # fmt: skip
"""With all before them they are of every kind that there is, and less than half of the models."""


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


def events_of(
    definition: dg.AssetsDefinition, resources: dict, selection: dg.AssetSelection
) -> set[tuple]:
    """What a step reports: assets made, checks evaluated and their result."""
    result = dg.materialize(
        [definition], resources=resources, selection=selection, raise_on_error=True
    )
    events = result.get_asset_materialization_events()
    made = {("asset", event.asset_key.to_user_string()) for event in events}
    checked = {
        ("check", c.asset_key.to_user_string(), c.check_name, c.passed)
        for c in result.get_asset_check_evaluations()
    }
    return made | checked


def official_step() -> dg.AssetsDefinition:
    """The official integration with our keys, of the models before the mask."""
    # as long to import as all of Dagster, and only one process of the tests needs it
    from dagster_dbt import (
        DagsterDbtTranslator,
        DagsterDbtTranslatorSettings,
        DbtCliResource,
        dbt_assets,
    )

    class Translator(DagsterDbtTranslator):
        def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
            return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    settings = DagsterDbtTranslatorSettings(enable_asset_checks=True)

    @dbt_assets(manifest=models.ensure_manifest(), name="official",
                exclude="fqn:crossvoice.marts.linkage resource_type:unit_test",
                dagster_dbt_translator=Translator(settings))
    def official(context: dg.AssetExecutionContext, dbt: DbtCliResource):
        arguments = ["build", "--exclude-resource-type", "unit_test",
                     "--indirect-selection", "cautious", "--no-write-json"]
        yield from dbt.cli(arguments, context=context).stream()

    return official


def kinds(nodes: Iterable[Mapping[str, Any]]) -> set[tuple]:
    """What nodes are: resource and materialisation, of a test the macro and how severe it is."""
    return {
        (n["resource_type"], n["config"]["materialized"], n["config"].get("severity"),
         n.get("test_metadata", {}).get("name"))
        for n in nodes
    }  # fmt: skip


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
    from dagster_dbt import DbtCliResource
    from dagster_dbt.compat import DBT_PYTHON_VERSION

    # else it starts dbt once more to ask, and reads the project itself for metadata of columns
    monkeypatch.setattr(DbtCliResource, "_cli_version", DBT_PYTHON_VERSION)
    monkeypatch.setattr(DbtCliResource, "_initialize_dbt_core_adapter", lambda *_: None)
    ours, official = model_assets()[0], official_step()
    dbt = DbtCliResource(
        project_dir=str(project), profiles_dir=str(project),
        dbt_executable=str(Path(sys.executable).parent / "dbt"),
    )  # fmt: skip
    ends = [key for key in ours.keys if key.path[-1] in ENDS]
    chosen = dg.AssetSelection.assets(*ends).upstream()
    found = events_of(ours, {"program": ProgramResource()}, chosen)
    names = {event[2] if event[0] == "check" else event[1].split("/")[-1] for event in found}
    nodes = [n for n in models.manifest()["nodes"].values() if n["fqn"][:3] != AFTER_MASK]
    assert kinds(n for n in nodes if n["name"] in names) == kinds(nodes)
    monkeypatch.delenv("CROSSVOICE_WAREHOUSE")  # as it was parsed
    assert found == events_of(official, {"dbt": dbt}, chosen)


def test_all_assets_and_checks_are_the_official_ones(home: Path) -> None:
    ours, official = model_assets()[0], official_step()
    assert deps(ours) == deps(official)
    assert ours.check_keys == official.check_keys


def deps(step: dg.AssetsDefinition) -> dict[dg.AssetKey, set[dg.AssetKey]]:
    return {spec.key: {d.asset_key for d in spec.deps} for spec in step.specs}


def test_part_of_a_step_can_be_made_again_alone(home: Path) -> None:
    step = model_assets()[0]
    chosen = dg.AssetSelection.assets(["staging", "stg_units"]).without_checks()
    result = dg.materialize(
        [step], selection=chosen, resources={"program": ProgramResource()}
    )
    made = [e.asset_key.to_user_string() for e in result.get_asset_materialization_events()]
    assert made == ["staging/stg_units"]
