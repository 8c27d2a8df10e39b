"""Linkage: the declared questions answered from the panel."""

import hashlib
from collections.abc import Iterator

import dagster as dg
import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.defs.common import OWNERS, ProgramResource, Stopwatch, row_count
from pipelines.linkage.declared import estimate_declared
from pipelines.linkage.estimates import Linkage
from pipelines.publishing.tables import PRIVATE_ESTIMATE_COLUMNS

TABLES = {
    "linkage_estimates": "Grain: one row per question, component, effect type and method. Every "
    "estimate with interval, guards' verdict and sentence, unrounded.",
    "linkage_guards": "Grain: one row per question and guard that fired.",
}


@dg.multi_asset(
    name="linkage",
    specs=[
        dg.AssetSpec(
            ["linkage", name],
            deps=[["marts", "linkage_panel"], ["marts", "periods"]],
            group_name="linkage",
            owners=OWNERS,
            kinds={"numpy"},
            description=text,
        )
        for name, text in TABLES.items()
    ],
)
def linkage_assets(program: ProgramResource) -> Iterator[dg.MaterializeResult]:
    """Estimate every declared pair in every window."""
    watch = Stopwatch()
    declared = program.program()
    with program.warehouse() as con:
        panel = warehouse.read_table(con, "marts.linkage_panel").sort(
            "pair_id", "unit_id", "period_index"
        )
        periods = con.sql("select * from marts.periods where is_closed order by period_index").pl()
        pairs = declared.linkage.all_pairs if declared.linkage else []
        answers = {pair.x: _answers(con, pair.x) for pair in pairs}
        result = estimate_declared(declared, panel, periods, answers)
        config_hash = hashlib.sha256(declared.model_dump_json().encode()).hexdigest()[:16]
        frames = _with_provenance(result, config_hash, _hash(panel))
        for name in TABLES:
            rows = warehouse.write_table(con, f"linkage.{name}", frames[name])
            yield dg.MaterializeResult(
                asset_key=["linkage", name], metadata=watch.metadata(**row_count(rows))
            )


def _answers(con: duckdb.DuckDBPyConnection, metric_id: str) -> pl.DataFrame:
    """Scored answers of one employee metric; only sums per unit are made from them."""
    return con.execute(
        "select units.unit_id, scores.period_id, scores.person_number as respondent_key,"
        " scores.value as score"
        " from intermediate.int_respondent_scores as scores"
        " inner join marts.dim_units as units on scores.location_id = units.location_id"
        " and (scores.team_id = units.team_id or units.team_id is null)"
        " where scores.metric_id = ? order by all",
        [metric_id],
    ).pl()


def _with_provenance(
    result: Linkage, config_hash: str, data_hash: str
) -> dict[str, pl.DataFrame]:
    estimates = result.estimates.with_columns(
        pl.lit(config_hash).alias("config_hash"), pl.lit(data_hash).alias("data_hash")
    )
    frames = {"linkage_estimates": estimates, "linkage_guards": result.guards}
    return {
        name: frame.drop([c for c in PRIVATE_ESTIMATE_COLUMNS if c in frame.columns])
        for name, frame in frames.items()
    }


def _hash(panel: pl.DataFrame) -> str:
    """Hash of the cells, whatever machine reads them."""
    digest = hashlib.sha256(",".join(panel.columns).encode())
    digest.update(panel.write_csv(float_precision=9).encode())
    return digest.hexdigest()[:16]
