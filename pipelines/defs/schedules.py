"""Jobs and the daily schedule."""

from __future__ import annotations

import dagster as dg

from pipelines.defs.common import STAGES

EVERYTHING = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="Pulls every source, rebuilds the warehouse, checks it, estimates the declared "
    "questions and releases the result. Safe to run at any time and to run again.",
)


def stage_jobs() -> list:
    """One job per stage that has assets; each works on what the stage before has left."""
    return [
        dg.define_asset_job(
            f"stage_{stage}",
            selection=dg.AssetSelection.groups(stage),
            description=f"Only the stage {stage}, from what the stage before it has left.",
        )
        for stage in STAGES[1:]
    ]


def daily_schedule(time_zone: str) -> dg.ScheduleDefinition:
    """Runs everything at six in the morning of the program's time zone; off until turned on."""
    return dg.ScheduleDefinition(
        name="daily",
        job=EVERYTHING,
        cron_schedule="0 6 * * *",
        execution_timezone=time_zone,
        description="Everything, every morning at six.",
    )
