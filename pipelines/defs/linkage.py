"""Linkage: the declared questions answered from the panel, one asset per estimand.

Each estimand's rows are an asset of their own, and so is each companion table, made of what one
estimand has left; any can be made again alone. Estimates and guards are joined last, because
q-values and verdicts depend on every question of the run.
"""

import hashlib
from collections.abc import Iterator
from typing import get_args

import dagster as dg
import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.defs.common import OWNERS, ProgramResource, Stopwatch, row_count
from pipelines.linkage import Linkage, combine
from pipelines.linkage.companions import MADE_BY, companion
from pipelines.linkage.declared import answer, by_attribution_rule, with_response_weights
from pipelines.linkage.wave_change import wave_changes
from pipelines.panel import (
    panel_hash,
    read_by_method,
    read_inputs,
    read_panel,
    read_people,
    read_scored_answers,
    read_shared,
    read_wave_spread,
)
from pipelines.program.questions import Estimand
from pipelines.publishing.tables import released_employee_cells

INPUTS = [
    ["marts", "linkage_panel"],
    ["marts", "periods"],
    ["intermediate", "int_unit_answers"],
    ["intermediate", "int_people_on_both_sides"],
]
OWN_INPUTS = {
    "driver": [["intermediate", "int_unit_item_answers"]],
    "aggregation": [["intermediate", "int_unit_item_answers"]],
    "adjusted": [["intermediate", "int_unit_channel_cells"]],
}
"""What an estimand reads beside the inputs of all."""
JUDGED = {
    "linkage_estimates": "Grain: one row per question, component, effect type and method. Every "
    "estimate with interval, verdict and sentence, unrounded.",
    "linkage_guards": "Grain: one row per question and guard that fired.",
}
COMPANIONS = {
    "linkage_driver_shares": "Grain: one row per question (between and within units), component "
    "and item: its share and rank.",
    "linkage_lag_profiles": "Grain: one row per question and lag: slope with its band.",
    "linkage_binned_curves": "Grain: one row per question and bin of the employee score.",
    "linkage_segment_forests": "Grain: one row per question and segment: its slope.",
    "linkage_reliability": "Grain: one row per question, score and period: ICC(1), ICC(2) and "
    "rwg(j).",
    "linkage_period_slopes": "Grain: one row per question and period: its between slope, and "
    "the refits of the latest periods against the first.",
}


def linkage_assets() -> list[dg.AssetsDefinition]:
    """One asset per estimand and per companion table, and the judgement of all questions."""
    return [
        *(_estimand_asset(name) for name in get_args(Estimand)),
        *(_companion_asset(name) for name in COMPANIONS),
        attribution_asset,
        nonresponse_asset,
        wave_changes_asset,
        judged_assets,
    ]


def _estimand_asset(estimand: str) -> dg.AssetsDefinition:
    @dg.asset(
        key=["linkage", f"rows_{estimand}"],
        deps=[*INPUTS, *OWN_INPUTS.get(estimand, [])],
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
            for name in (name for name, maker in MADE_BY.items() if maker == estimand):
                table = found.companions.get(name)  # none when nothing was asked
                left = companion(name, {})[name] if table is None else table
                warehouse.write_table(con, f"linkage.{estimand}_{name}", left)
        return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows)))

    return estimate


def _companion_asset(name: str) -> dg.AssetsDefinition:
    estimand = MADE_BY[name]

    @dg.asset(
        key=["linkage", name],
        deps=[["linkage", f"rows_{estimand}"]],
        group_name="linkage",
        owners=OWNERS,
        kinds={"numpy"},
        description=COMPANIONS[name],
    )
    def publish(program: ProgramResource) -> dg.MaterializeResult:
        watch = Stopwatch()
        with program.warehouse() as con:
            found = warehouse.read_table(con, f"linkage.{estimand}_{name}")
            rows = warehouse.write_table(con, f"linkage.{name}", found)
        return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows)))

    return publish


@dg.asset(
    key=["linkage", "linkage_attribution_rules"],
    deps=[*INPUTS, ["intermediate", "int_customer_cells_by_method"],
          ["intermediate", "int_customer_cells_shared"]],
    group_name="linkage",
    owners=OWNERS,
    kinds={"numpy"},
    description="Grain: one row per attribution rule: r of the primary pair when only the surest "
    "rungs of the ladder give feedback to units.",
)
def attribution_asset(program: ProgramResource) -> dg.MaterializeResult:
    """Ask the primary question again under each attribution rule."""
    watch = Stopwatch()
    declared = program.program()
    with program.warehouse() as con:
        inputs = read_inputs(con, declared, "between")
        cells = read_by_method(con, declared), read_shared(con, declared)
        table = by_attribution_rule(declared, inputs, *cells)
        rows = warehouse.write_table(con, "linkage.linkage_attribution_rules", table)
    return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows)))


@dg.asset(
    key=["linkage", "linkage_nonresponse"],
    deps=[*INPUTS, ["intermediate", "int_respondent_scores"],
          ["intermediate", "int_people_expected"]],
    group_name="linkage",
    owners=OWNERS,
    kinds={"numpy"},
    description="Grain: one row per employee metric and period, and one for the primary pair: the "
    "number without and with non-response weights.",
)  # fmt: skip
def nonresponse_asset(program: ProgramResource) -> dg.MaterializeResult:
    """What weighting answers to the groups of everybody invited would change."""
    watch = Stopwatch()
    declared = program.program()
    with program.warehouse() as con:
        inputs = read_inputs(con, declared, "between")
        people = read_people(con, declared.participation.columns)
        table = with_response_weights(declared, inputs, read_scored_answers(con), people)
        rows = warehouse.write_table(con, "linkage.linkage_nonresponse", table)
    return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows)))


@dg.asset(
    key=["linkage", "employee_wave_changes"],
    deps=[["marts", "unit_period_metrics"], ["marts", "publication_mask"], ["marts", "periods"],
          ["intermediate", "int_respondent_scores"], ["intermediate", "int_question_scales"]],
    group_name="linkage",
    owners=OWNERS,
    kinds={"polars"},
    description="Grain: one row per unit level, unit, period and employee metric whose cell and "
    "the one of the wave before are released: the change between them.",
)  # fmt: skip
def wave_changes_asset(program: ProgramResource) -> dg.MaterializeResult:
    """Wave-on-wave changes of released employee scores."""
    watch = Stopwatch()
    with program.warehouse() as con:
        changes = wave_changes(released_employee_cells(con), read_wave_spread(con))
        rows = warehouse.write_table(con, "linkage.employee_wave_changes", changes)
    return dg.MaterializeResult(metadata=watch.metadata(**row_count(rows)))


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
        for name, text in JUDGED.items()
    ],
)
def judged_assets(program: ProgramResource) -> Iterator[dg.MaterializeResult]:
    """Judge all questions of the run together."""
    watch = Stopwatch()
    declared = program.program()
    with program.warehouse() as con:
        result = combine(_stored(con, estimand) for estimand in get_args(Estimand))
        config_hash = hashlib.sha256(declared.model_dump_json().encode()).hexdigest()[:16]
        estimates = result.estimates.with_columns(
            pl.lit(config_hash).alias("config_hash"),
            pl.lit(panel_hash(read_panel(con))).alias("data_hash"),
        )
        for name, frame in zip(JUDGED, (estimates, result.guards), strict=True):
            rows = warehouse.write_table(con, f"linkage.{name}", frame)
            yield dg.MaterializeResult(
                asset_key=["linkage", name], metadata=watch.metadata(**row_count(rows))
            )


def _stored(con: duckdb.DuckDBPyConnection, estimand: str) -> Linkage:
    """Rows and guards an estimand's asset has left."""
    return Linkage(
        warehouse.read_table(con, f"linkage.rows_{estimand}"),
        warehouse.read_table(con, f"linkage.guards_{estimand}"),
        {},
    )
