"""The code location: assembles the stages of the program in use, decides nothing."""

from __future__ import annotations

import dagster as dg

from pipelines.defs.checks import suite_checks
from pipelines.defs.common import ProgramResource
from pipelines.defs.landing import landing_assets
from pipelines.defs.linkage import linkage_assets
from pipelines.defs.models import model_assets
from pipelines.defs.published import audit_check, candidate_assets, release_asset
from pipelines.defs.raw import raw_assets
from pipelines.defs.schedules import EVERYTHING, daily_schedule, stage_jobs
from pipelines.defs.sensors import drop_folder


@dg.definitions
def defs() -> dg.Definitions:
    """Every asset, check, job, schedule and sensor of the program in use."""
    resource = ProgramResource()
    program = resource.program()
    return dg.Definitions(
        assets=[
            *landing_assets(program),
            raw_assets(program),
            *model_assets(),
            *linkage_assets(),
            candidate_assets,
            release_asset,
        ],
        asset_checks=[*suite_checks(), audit_check],
        jobs=[EVERYTHING, *stage_jobs()],
        schedules=[daily_schedule(program.time_zone)],
        sensors=[drop_folder],
        resources={"program": resource},
        executor=dg.in_process_executor,
    )
