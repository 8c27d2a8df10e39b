"""Staging, intermediate and marts: the dbt models as assets, their data tests as checks.

dbt runs inside this process; the events are those dagster-dbt makes of dbt's own, and a test holds
them against the official path. The models of `marts/linkage` obey the publication mask, so they
are a second step that comes after it.
"""

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import dagster as dg
from dagster_dbt import DagsterDbtTranslator, DagsterDbtTranslatorSettings, dbt_assets

from pipelines import models, warehouse
from pipelines.defs.common import OWNERS, ProgramResource, Stopwatch, row_count, step_errors
from pipelines.privacy.mask import publication_mask
from pipelines.settings import Settings

AFTER_MASK = "fqn:crossvoice.marts.linkage"
NODE_EVENTS = ("LogModelResult", "LogTestResult", "LogSeedResult", "LogSnapshotResult")


class StageTranslator(DagsterDbtTranslator):
    """dbt nodes as assets of their stage: key `<schema>/<name>`, group the schema."""

    def __init__(self) -> None:
        super().__init__(DagsterDbtTranslatorSettings(enable_asset_checks=True))

    def get_asset_key(self, dbt_resource_props: Mapping[str, Any]) -> dg.AssetKey:
        """Schema and table, as every other name of the same thing."""
        if dbt_resource_props["resource_type"] == "source":
            return dg.AssetKey([dbt_resource_props["source_name"], dbt_resource_props["name"]])
        return dg.AssetKey([dbt_resource_props["schema"], dbt_resource_props["name"]])

    def get_group_name(self, dbt_resource_props: Mapping[str, Any]) -> str:
        """The stage."""
        return dbt_resource_props["schema"]

    def get_owners(self, dbt_resource_props: Mapping[str, Any]) -> list[str]:
        """The team that answers for it."""
        return OWNERS


def model_assets() -> list[dg.AssetsDefinition]:
    """The two dbt steps and the publication mask between them."""
    manifest = models.ensure_manifest()

    @dbt_assets(
        manifest=manifest,
        name="models",
        exclude=f"{AFTER_MASK} resource_type:unit_test",
        dagster_dbt_translator=StageTranslator(),
    )
    def build_models(
        context: dg.AssetExecutionContext, program: ProgramResource
    ) -> Iterator[Any]:
        yield from build(context, program)

    @dbt_assets(
        manifest=manifest,
        name="linkage_marts",
        select=AFTER_MASK,
        exclude="resource_type:unit_test",
        dagster_dbt_translator=StageTranslator(),
    )
    def build_linkage_marts(
        context: dg.AssetExecutionContext, program: ProgramResource
    ) -> Iterator[Any]:
        yield from build(context, program)

    return [build_models, build_linkage_marts, mask_asset]


@dg.asset(
    key=["marts", "publication_mask"],
    deps=[["marts", "unit_period_metrics"]],
    group_name="marts",
    owners=OWNERS,
    kinds={"polars"},
    description="Grain: one row per unit level, unit, period and metric. Which cells may be "
    "released; linkage and every published table read it.",
)
def mask_asset(program: ProgramResource) -> dg.MaterializeResult:
    """Decide what may be released before anything is estimated."""
    watch = Stopwatch()
    with program.warehouse() as con:
        cells = warehouse.read_table(con, "marts.unit_period_metrics")
        mask = publication_mask(cells, program.program().privacy)
        rows = warehouse.write_table(con, "marts.publication_mask", mask)
    hidden = int((~mask["is_released"]).sum())
    return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows), cells_hidden=hidden))


def build(context: dg.AssetExecutionContext, program: ProgramResource) -> Iterator[Any]:
    """`dbt build` of the step's models, as events; raises Failure when a model fails."""
    from dagster_dbt.asset_utils import (  # noqa: PLC0415 - not public, pinned and tested
        get_updated_cli_invocation_params_for_context,
    )
    from dagster_dbt.core.dbt_cli_event import DbtCoreCliEventMessage  # noqa: PLC0415
    from dagster_dbt.dbt_manifest import validate_manifest  # noqa: PLC0415

    translator, settings = StageTranslator(), program.settings()
    manifest = validate_manifest(models.MANIFEST)
    selection = get_updated_cli_invocation_params_for_context(
        context=context, manifest=manifest, dagster_dbt_translator=translator
    ).selection_args
    for raw_event in _events(["build", *selection], settings):
        event = DbtCoreCliEventMessage(raw_event=raw_event, event_history_metadata={})
        yield from event.to_default_asset_events(
            manifest=manifest,
            dagster_dbt_translator=translator,
            context=context,
            target_path=settings.dbt_target,
        )


def _events(arguments: list[str], settings: Settings) -> Iterator[dict[str, Any]]:
    """Results of dbt's nodes as they come, from a thread that runs dbt."""
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415

    found: queue.SimpleQueue = queue.SimpleQueue()
    done = object()
    errors: list[BaseException] = []

    def note(event: Any) -> None:
        if event.info.name in NODE_EVENTS:
            found.put(MessageToDict(event, preserving_proto_field_name=True))

    def work() -> None:
        try:
            models.invoke(
                arguments,
                target=settings.dbt_target,
                warehouse=settings.warehouse,
                manifest=models.parsed_project(),
                callbacks=[note],
            )
        except BaseException as error:  # raised again in the caller's thread
            errors.append(error)
        finally:
            found.put(done)

    thread = threading.Thread(target=work, name="dbt", daemon=True)
    thread.start()
    while (event := found.get()) is not done:
        yield event
    thread.join()
    with step_errors():
        if errors:
            raise errors[0]
