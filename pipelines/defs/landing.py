"""Landing: one asset per source of the program, each pulling what is new into batches."""

import dagster as dg

from pipelines.connectors.file import pull
from pipelines.defs.common import OWNERS, ProgramResource, Stopwatch, row_count, step_errors
from pipelines.errors import SourceError
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.secret import load_secret
from pipelines.program.model import Program
from pipelines.program.source import Source


def landing_assets(program: Program) -> list[dg.AssetsDefinition]:
    """The landing assets of a program."""
    return [_landing_asset(source) for source in program.sources]


def landing_key(source: Source) -> dg.AssetKey:
    """Key of a source's landing asset."""
    return dg.AssetKey(["landing", source.name])


def _landing_asset(source: Source) -> dg.AssetsDefinition:
    necessity = "required" if source.required else "optional: stale data are published if it fails"

    @dg.asset(
        key=landing_key(source),
        group_name="landing",
        owners=OWNERS,
        kinds={"parquet"},
        description=f"Landed batches of {source.name}, rows of {source.table} ({necessity}).",
    )
    def land(context: dg.AssetExecutionContext, program: ProgramResource) -> dg.MaterializeResult:
        watch = Stopwatch()
        settings, declared = program.settings(), program.program()
        found = next(s for s in declared.sources if s.name == source.name)
        with step_errors():
            pseudonyms = Pseudonymizer(load_secret(settings), declared.org.identifiers)
            try:
                result = pull(found, declared, settings, pseudonyms)
            except SourceError as error:
                if found.required:
                    raise
                context.log.warning(error.text())
                return dg.MaterializeResult(
                    metadata=watch.metadata(is_stale=True, problem=error.text())
                )
        for name, guesses in result.guesses.items():
            context.log.warning(f"{found.name}: {name} is {'; '.join(guesses)}")
        counts = ("rows_read", "rows_kept", "rows_rejected", "rows_filtered")
        return dg.MaterializeResult(
            metadata=watch.metadata(
                **row_count(result.total("rows_kept")),
                **{name: result.total(name) for name in counts},
                inputs=result.n_inputs,
                new_batches=result.n_new,
                is_stale=False,
            )
        )

    return land
