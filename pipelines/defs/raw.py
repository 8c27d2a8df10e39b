"""Raw: the landed batches as contract tables, and the program's declarations, in the warehouse."""

from collections.abc import Iterator

import dagster as dg

from data_checks.results import forget_records
from pipelines import raw
from pipelines.contract import RAW_TABLES
from pipelines.contract.dbt_sources import UNLANDED_TABLES
from pipelines.defs.common import OWNERS, ProgramResource, Stopwatch, row_count, step_errors
from pipelines.defs.landing import landing_key
from pipelines.program.model import Program
from pipelines.publishing.release import last_publication

GRAINS = {
    **{name: table.grain for name, table in RAW_TABLES.items()},
    **{name: grain for name, (grain, _) in UNLANDED_TABLES.items()},
}


def raw_assets(program: Program) -> dg.AssetsDefinition:
    """The raw tables of a program, made in one step from all its landed sources."""

    @dg.multi_asset(
        name="raw",
        specs=[
            dg.AssetSpec(
                ["raw", name],
                deps=[landing_key(source) for source in program.sources],
                group_name="raw",
                owners=OWNERS,
                kinds={"duckdb"},
                description=f"Grain: {grain}.",
            )
            for name, grain in GRAINS.items()
        ],
    )
    def register(program: ProgramResource) -> Iterator[dg.MaterializeResult]:
        watch = Stopwatch()
        basis, settings = program.basis(), program.settings()
        declared = basis.program
        with step_errors(), program.warehouse() as con:
            forget_records(settings.logs / "checks")
            rows = raw.register_batches(con, declared, settings)
            last = last_publication(settings)
            rows |= raw.write_declarations(con, declared, basis.today, basis.aliases, last)
            rows["unit_references"] = raw.write_unit_references(con, declared)
            rows["feedback_forms"] = raw.write_feedback_forms(con)
        for name in GRAINS:
            yield dg.MaterializeResult(
                asset_key=["raw", name], metadata=watch.metadata(**row_count(rows[name]))
            )

    return register
