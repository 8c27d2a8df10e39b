"""Staging, intermediate and marts: the dbt models as assets, their data tests as checks.

dbt runs inside this process, and its node results become materialisations and check results as they
come; a test holds them against the events of dagster-dbt. The models of `marts/linkage` obey the
publication mask, so they are a second step that comes after it.
"""

import queue
import threading
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

import dagster as dg
import polars as pl

from pipelines import models, warehouse
from pipelines.defs.common import OWNERS, ProgramResource, Stopwatch, row_count, step_errors
from pipelines.feedback_events import asked_together, read_feedback_forms
from pipelines.privacy.atoms import Places
from pipelines.privacy.mask import MASK_INPUTS, publication_mask
from pipelines.publishing.earlier import earlier_cells
from pipelines.publishing.renamed import Meanings
from pipelines.settings import Settings

AFTER_MASK = ["crossvoice", "marts", "linkage"]
"""Folder of the models that read the mask, as dbt names it."""
BUILT = ("model", "seed")


def model_assets() -> list[dg.AssetsDefinition]:
    """The two dbt steps and the publication mask between them."""
    project = models.manifest()
    nodes = project["nodes"] | project["sources"]
    after = {i for i, node in nodes.items() if node["fqn"][:3] == AFTER_MASK}
    before = {i for i in nodes if i not in after}
    return [
        _dbt_step("models", nodes, before, Folders([AFTER_MASK[0]], [".".join(AFTER_MASK)])),
        mask_asset,
        _dbt_step("linkage_marts", nodes, after, Folders([".".join(AFTER_MASK)], [])),
    ]


@dg.asset(
    key=["marts", "publication_mask"],
    deps=[
        *(["marts", name] for name in MASK_INPUTS),
        ["intermediate", "int_question_scales"],
        ["raw", "feedback_forms"],
    ],
    group_name="marts",
    owners=OWNERS,
    kinds={"polars"},
    description="Grain: one row per unit level, unit, period and metric. Which cells may be "
    "released; linkage and every published table read it.",
)
def mask_asset(program: ProgramResource) -> dg.MaterializeResult:
    """Decide what may be released before anything is estimated."""
    watch, declared = Stopwatch(), program.program()
    with program.warehouse() as con:
        cells, participation, units, locations = (
            warehouse.read_table(con, f"marts.{name}") for name in MASK_INPUTS
        )
        places = Places.of(units, locations)
        with step_errors():
            earlier = earlier_cells(program.settings(), Meanings.of_today(con))
        mask = publication_mask(
            cells, declared.privacy, declared.metrics, places, participation, earlier,
            answer_scales=declared.answer_scales,
            asked_together=asked_together(read_feedback_forms(con)),
        )  # fmt: skip
        rows = warehouse.write_table(con, "marts.publication_mask", mask)
    hidden = dict(mask.filter(~pl.col("is_released"))["reason_code"].value_counts().iter_rows())
    counts = {f"cells_{reason}": n for reason, n in sorted(hidden.items())}
    return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows), **counts))


class Folders(NamedTuple):
    """All members of a step in dbt's words of selection."""

    selected: list[str]
    excluded: list[str]


def _dbt_step(
    name: str, nodes: Mapping[str, Any], members: set[str], whole: Folders
) -> dg.AssetsDefinition:
    """One `dbt build` of these nodes; part of them may be made again alone."""

    @dg.multi_asset(
        name=name,
        specs=[_asset_spec(nodes[i], nodes) for i in members if _is_built(nodes[i])],
        check_specs=[_check_spec(nodes[i], nodes) for i in members if _is_test(nodes[i])],
        can_subset=True,
    )
    def build(context: dg.AssetExecutionContext, program: ProgramResource) -> Iterator[Any]:
        keys = context.selected_asset_keys
        checks = {(key.asset_key, key.name) for key in context.selected_asset_check_keys}
        selected = [
            node["name"]
            for i in sorted(members)
            if (node := nodes[i])
            and (
                (_is_built(node) and _key(node) in keys)
                or (_is_test(node) and (_key(nodes[node["attached_node"]]), node["name"]) in checks)
            )
        ]
        made = [i for i in members if _is_built(nodes[i]) or _is_test(nodes[i])]
        chosen = whole if len(selected) == len(made) else Folders(selected, [])
        for result in _results(chosen, program.settings()):
            node = nodes[result.unique_id]
            if _is_test(node):
                yield _check_result(node, nodes, result)
            elif result.succeeded:
                metadata = {**result.metadata, "duration_seconds": result.seconds}
                yield dg.MaterializeResult(asset_key=_key(node), metadata=metadata)

    return build


def _is_built(node: Mapping[str, Any]) -> bool:
    return node["resource_type"] in BUILT


def _is_test(node: Mapping[str, Any]) -> bool:
    return node["resource_type"] == "test"


def _key(node: Mapping[str, Any]) -> dg.AssetKey:
    """Schema and table, as every other name of the same thing."""
    return dg.AssetKey([node["schema"], node["name"]])


def _asset_spec(node: Mapping[str, Any], nodes: Mapping[str, Any]) -> dg.AssetSpec:
    parents = node["depends_on"].get("nodes", [])
    return dg.AssetSpec(
        _key(node),
        deps=list(dict.fromkeys(_key(nodes[parent]) for parent in parents)),
        group_name=node["schema"],
        owners=OWNERS,
        kinds={"dbt", "duckdb"},
        description=node["description"],
    )


def _check_spec(node: Mapping[str, Any], nodes: Mapping[str, Any]) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        node["name"],
        asset=_key(nodes[node["attached_node"]]),
        description=node["description"] or "A data test of dbt; the build stops when it fails.",
    )


def _check_result(
    node: Mapping[str, Any], nodes: Mapping[str, Any], result: models.NodeResult
) -> dg.AssetCheckResult:
    is_warning = node["config"]["severity"].upper() == "WARN"
    return dg.AssetCheckResult(
        asset_key=_key(nodes[node["attached_node"]]),
        check_name=node["name"],
        passed=result.succeeded,
        severity=dg.AssetCheckSeverity.WARN if is_warning else dg.AssetCheckSeverity.ERROR,
        metadata={"rows_unexpected": result.failures},
    )


def _results(chosen: Folders, settings: Settings) -> Iterator[models.NodeResult]:
    """Results of dbt's nodes as they come, from a thread that runs dbt."""
    found: queue.SimpleQueue[models.NodeResult | None] = queue.SimpleQueue()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            models.build(chosen.selected, settings, found.put, chosen.excluded)
        except BaseException as error:  # raised again in the caller's thread
            errors.append(error)
        finally:
            found.put(None)

    thread = threading.Thread(target=work, name="dbt", daemon=True)
    thread.start()
    while (result := found.get()) is not None:
        yield result
    thread.join()
    with step_errors():
        if errors:
            raise errors[0]
