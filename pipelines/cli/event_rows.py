"""Rows that Dagster's index of all runs keeps of assets and checks, written many at a time.

What belongs here: what the stock event log writes in a statement for each event. What does not:
when it is written (event_log).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

import dagster as dg
import sqlalchemy as sa
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus
from dagster._core.storage.event_log.schema import AssetCheckExecutionsTable, AssetKeyTable
from sqlalchemy.dialects import sqlite


class Numbered(NamedTuple):
    """An event and its row in the index."""

    event: dg.EventLogEntry
    row: dict[str, Any]
    number: int

    @property
    def kind(self) -> dg.DagsterEventType | None:
        return self.event.dagster_event_type


def write_assets(index: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Rows of assets, new or changed in the columns that each has."""
    for columns, alike in groupby(rows, lambda row: tuple(row)):
        index.execute(_asset_keys(columns), list(alike))


@lru_cache
def _asset_keys(columns: tuple[str, ...]) -> sa.Executable:
    new = sqlite.insert(AssetKeyTable)
    changed = {name: new.excluded[name] for name in columns if name != "asset_key"}
    return new.on_conflict_do_update(index_elements=["asset_key"], set_=changed)


def write_checks(index: sa.Connection, events: Sequence[Numbered]) -> list[Numbered]:
    """Rows of checks that were planned, and what became of them; returns what was not planned."""
    unplanned: list[Numbered] = []
    for kind, alike in groupby(events, lambda one: one.kind):
        if kind == dg.DagsterEventType.ASSET_CHECK_EVALUATION_PLANNED:
            index.execute(_PLANNED, [_planned(one) for one in alike])
        else:
            unplanned += [
                one for one in alike if index.execute(_EVALUATED, _evaluated(one)).rowcount != 1
            ]
    return unplanned


_CHECKS = AssetCheckExecutionsTable.c
_PLANNED = AssetCheckExecutionsTable.insert()
_EVALUATED = AssetCheckExecutionsTable.update().where(
    _CHECKS.asset_key == sa.bindparam("of_asset"),
    _CHECKS.check_name == sa.bindparam("of_check"),
    _CHECKS.run_id == sa.bindparam("of_run"),
    _CHECKS.partition.is_(None),
)


def _planned(one: Numbered) -> dict[str, Any]:
    data: Any = one.event.get_dagster_event().event_specific_data
    return {
        "asset_key": data.asset_key.to_string(),
        "check_name": data.check_name,
        "partition": None,
        "run_id": one.event.run_id,
        "execution_status": AssetCheckExecutionRecordStatus.PLANNED.value,
        **_event(one),
    }


def _evaluated(one: Numbered) -> dict[str, Any]:
    data: Any = one.event.get_dagster_event().event_specific_data
    status = AssetCheckExecutionRecordStatus
    about = data.target_materialization_data
    return {
        "of_asset": data.asset_key.to_string(),
        "of_check": data.check_name,
        "of_run": one.event.run_id,
        "execution_status": (status.SUCCEEDED if data.passed else status.FAILED).value,
        "materialization_event_storage_id": about.storage_id if about else None,
        **_event(one),
    }


def _event(one: Numbered) -> dict[str, Any]:
    return {
        "evaluation_event": one.row["event"],
        "evaluation_event_timestamp": one.row["timestamp"],
        "evaluation_event_storage_id": one.number,
    }
