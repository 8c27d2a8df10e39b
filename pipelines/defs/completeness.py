"""Has a run done what it was asked to? Every planned asset made, every planned check evaluated.

What belongs here: the comparison of a run's plan with its events. It exists because a step can end
well without its events, and what waits for them is then skipped in silence.
"""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg
from dagster import DagsterEventType as Event

PAIRS = (
    (Event.ASSET_MATERIALIZATION_PLANNED, Event.ASSET_MATERIALIZATION),
    (Event.ASSET_CHECK_EVALUATION_PLANNED, Event.ASSET_CHECK_EVALUATION),
)


def missing_events(
    instance: dg.DagsterInstance, run_id: str, *, but: dg.AssetKey | None = None
) -> list[str]:
    """Names of assets and checks that the run planned and did not do, except the asset `but`."""
    missing: set[str] = set()
    for planned, done in PAIRS:
        wanted = _names(instance, run_id, planned)
        missing |= wanted - _names(instance, run_id, done)
    return sorted(missing - ({but.to_user_string()} if but else set()))


def makes_all_it_uses(context: dg.AssetExecutionContext) -> bool:
    """Whether the run makes all it works from; one of a stage takes what runs before have left."""
    graph = context.job_def.asset_layer.asset_graph
    planned = _names(context.instance, context.run_id, Event.ASSET_MATERIALIZATION_PLANNED)
    return {key.to_user_string() for key in graph.get_all_asset_keys()} <= planned


def plans_checks(context: dg.AssetExecutionContext, checks: Iterable[dg.AssetCheckKey]) -> bool:
    """Whether the run was asked for all these checks: assets can be started without theirs."""
    planned = _names(context.instance, context.run_id, Event.ASSET_CHECK_EVALUATION_PLANNED)
    return {f"{check.asset_key.to_user_string()}:{check.name}" for check in checks} <= planned


def _names(instance: dg.DagsterInstance, run_id: str, event_type: Event) -> set[str]:
    names = set()
    for entry in instance.all_logs(run_id, of_type=event_type):
        event = entry.dagster_event
        if event_type is Event.ASSET_MATERIALIZATION_PLANNED:
            names.add(event.asset_materialization_planned_data.asset_key.to_user_string())
        elif event_type is Event.ASSET_MATERIALIZATION:
            names.add(event.asset_key.to_user_string())
        elif event_type is Event.ASSET_CHECK_EVALUATION_PLANNED:
            data = event.asset_check_planned_data
            names.add(f"{data.asset_key.to_user_string()}:{data.check_name}")
        else:
            data = event.asset_check_evaluation_data
            names.add(f"{data.asset_key.to_user_string()}:{data.check_name}")
    return names
