"""Linkage: the declared questions answered from the panel, one asset per estimand.

Each estimand's rows are an asset of their own and can be made again alone. The rows of all are
joined last, because q-values and verdicts depend on every question of the run.
"""

import hashlib
from collections.abc import Iterator
from typing import get_args

import dagster as dg
import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.defs.common import OWNERS, ProgramResource, Stopwatch, row_count
from pipelines.linkage import COMPANION_SCHEMAS, Linkage, combine
from pipelines.linkage.companions import companion
from pipelines.linkage.declared import answer
from pipelines.panel import panel_hash, read_inputs, read_panel
from pipelines.program.questions import Estimand

INPUTS = [
    ["marts", "linkage_panel"],
    ["marts", "periods"],
    ["intermediate", "int_unit_answers"],
    ["intermediate", "int_unit_item_answers"],
]
RESULTS = {
    "linkage_estimates": "Grain: one row per question, component, effect type and method. Every "
    "estimate with interval, verdict and sentence, unrounded.",
    "linkage_guards": "Grain: one row per question and guard that fired.",
    "linkage_driver_shares": "Grain: one row per question, component and item: its share and rank.",
    "linkage_lag_profiles": "Grain: one row per question and lag: slope with its band.",
    "linkage_binned_curves": "Grain: one row per question and bin of the employee score.",
    "linkage_segment_forests": "Grain: one row per question and segment: its slope.",
    "linkage_reliability": "Grain: one row per question and period: ICC(1) and ICC(2).",
    "linkage_period_slopes": "Grain: one row per question and period: its between slope.",
}


def linkage_assets() -> list[dg.AssetsDefinition]:
    """One asset per estimand, and the result tables that join them."""
    return [*(_estimand_asset(name) for name in get_args(Estimand)), result_assets]


def _estimand_asset(estimand: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=["linkage", f"rows_{estimand}"],
        deps=INPUTS,
        group_name="linkage",
        owners=OWNERS,
        kinds={"numpy"},
        description=f"Grain: one row per question, component, effect type and method of the "
        f"estimand {estimand}, before the questions of the run are judged together.",
    )
    def estimate(program: ProgramResource) -> dg.MaterializeResult:
        watch = Stopwatch()
        declared = program.program()
        with program.warehouse() as con:
            found = combine(answer(estimand, declared, read_inputs(con, declared, estimand)))
            rows = warehouse.write_table(con, f"linkage.rows_{estimand}", found.estimates)
            warehouse.write_table(con, f"linkage.guards_{estimand}", found.guards)
            for name, table in found.companions.items():
                warehouse.write_table(con, f"linkage.{estimand}_{name}", table)
        return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows)))

    return estimate


@dg.multi_asset(
    name="linkage_results",
    specs=[
        dg.AssetSpec(
            ["linkage", name],
            deps=[["linkage", f"rows_{estimand}"] for estimand in get_args(Estimand)],
            group_name="linkage",
            owners=OWNERS,
            kinds={"numpy"},
            description=text,
        )
        for name, text in RESULTS.items()
    ],
)
def result_assets(program: ProgramResource) -> Iterator[dg.MaterializeResult]:
    """Judge all questions of the run together."""
    watch = Stopwatch()
    declared = program.program()
    with program.warehouse() as con:
        result = combine(_stored(con, estimand) for estimand in get_args(Estimand))
        config_hash = hashlib.sha256(declared.model_dump_json().encode()).hexdigest()[:16]
        frames = _with_provenance(result, config_hash, panel_hash(read_panel(con)))
        for name in RESULTS:
            rows = warehouse.write_table(con, f"linkage.{name}", frames[name])
            yield dg.MaterializeResult(
                asset_key=["linkage", name], metadata=watch.metadata(**row_count(rows))
            )


def _stored(con: duckdb.DuckDBPyConnection, estimand: str) -> Linkage:
    """What an estimand's asset has left."""
    companions = {
        name: warehouse.read_table(con, f"linkage.{estimand}_{name}")
        for name in COMPANION_SCHEMAS
        if warehouse.has_table(con, f"linkage.{estimand}_{name}")
    }
    return Linkage(
        warehouse.read_table(con, f"linkage.rows_{estimand}"),
        warehouse.read_table(con, f"linkage.guards_{estimand}"),
        companions,
    )


def _with_provenance(result: Linkage, config_hash: str, data_hash: str) -> dict[str, pl.DataFrame]:
    estimates = result.estimates.with_columns(
        pl.lit(config_hash).alias("config_hash"), pl.lit(data_hash).alias("data_hash")
    )
    frames = {"linkage_estimates": estimates, "linkage_guards": result.guards}
    return frames | {name: _companion(result, name) for name in COMPANION_SCHEMAS}


def _companion(result: Linkage, name: str) -> pl.DataFrame:
    """A companion table, empty but of its columns when no question made one."""
    found = result.companions.get(name)
    return found if found is not None else companion(name, {})[name]
