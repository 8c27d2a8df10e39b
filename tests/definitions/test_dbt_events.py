"""Our in-process dbt run yields the events of the official path."""

import os
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster_dbt import DbtCliResource, dbt_assets

from pipelines import models, warehouse
from pipelines.defs.common import ProgramResource
from pipelines.defs.models import AFTER_MASK, StageTranslator, build
from pipelines.demo import generate

pytestmark = [pytest.mark.xdist_group("code_location"), pytest.mark.timeout(300)]
EXCLUDED = f"{AFTER_MASK} resource_type:unit_test"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A program whose raw stage has been made."""
    from pipelines import raw
    from pipelines.program.reading import read_program
    from pipelines.settings import load_settings, quiet_libraries

    before = dict(os.environ)
    folder = tmp_path_factory.mktemp("events")
    os.environ["CROSSVOICE_HOME"] = str(folder)
    settings = load_settings("demo")
    quiet_libraries(settings)
    generate(folder / "company", seed=3, locations=6, teams=12)
    program = read_program(settings.program_folder)
    with warehouse.connect(settings.warehouse) as con:
        raw.register_batches(con, program, settings)
        raw.write_declarations(con, program, __import__("datetime").date(2026, 1, 1))
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


def test_in_process_events_equal_the_official_ones(home: Path) -> None:
    manifest = models.ensure_manifest()

    @dbt_assets(manifest=manifest, exclude=EXCLUDED,
                dagster_dbt_translator=StageTranslator(), name="ours")
    def ours(context: dg.AssetExecutionContext, program: ProgramResource):
        yield from build(context, program)

    @dbt_assets(manifest=manifest, exclude=EXCLUDED,
                dagster_dbt_translator=StageTranslator(), name="official")
    def official(context: dg.AssetExecutionContext, dbt: DbtCliResource):
        arguments = ["build", "--exclude-resource-type", "unit_test"]
        yield from dbt.cli(arguments, context=context).stream()

    dbt = DbtCliResource(
        project_dir=str(models.DBT_PROJECT), profiles_dir=str(models.DBT_PROJECT),
        dbt_executable=str(Path(__import__("sys").executable).parent / "dbt"),
    )  # fmt: skip
    found = events_of(ours, {"program": ProgramResource()})
    assert ("asset", "marts/dim_locations") in found
    assert any(event[0] == "check" for event in found)
    assert found == events_of(official, {"dbt": dbt})
