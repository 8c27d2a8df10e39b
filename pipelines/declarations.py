"""What a program declares, as the `raw.declared_*` tables.

What belongs here: the frame of each table. What does not: landed data (raw). With the declarations
as data, the dbt project is the same for every program.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import duckdb
import polars as pl

from pipelines import warehouse
from pipelines.program.aliases import Alias
from pipelines.program.model import Program
from pipelines.program.periods import Period, program_periods

ALIASES_SCHEMA = {
    "alias_level": pl.String,
    "alias": pl.String,
    "unit_ref": pl.String,
    "approved_by": pl.String,
    "approved_at": pl.Date,
}
LAST_ANSWER = """
    select max(day) from (
        select answered_date as day from raw.employee_responses
        union all select local_date from raw.customer_feedback
    ) where day <= ?
"""
NAMED_PERIODS = """
    select wave from raw.employee_responses union select period_ref from raw.unit_scores
    union select period_ref from raw.outcomes
"""


def write_declarations(
    con: duckdb.DuckDBPyConnection,
    program: Program,
    today: dt.date,
    aliases: Sequence[Alias] = (),
    last_release: Mapping[str, Any] | None = None,
) -> dict[str, int]:
    """Write what the program declares as `raw.declared_*` tables; returns rows by table.

    `aliases` are the approvals in the program's folder; `last_release` is the row of `publication`
    that the next release is compared with. The batches must be registered already.
    """
    periods = _until_the_last_answer(con, program, program_periods(program, today), today)
    frames = {
        "declared_periods": _periods(periods),
        "declared_waves": _waves(program, periods),
        "declared_metrics": _metrics(program),
        "declared_metric_items": _metric_items(program),
        "declared_pairs": _pairs(program),
        "declared_settings": _settings(program, last_release or {}, today),
        "declared_sources": _sources(program),
        "declared_aliases": pl.DataFrame(aliases, schema=ALIASES_SCHEMA),
    }
    return {
        name: warehouse.write_table(con, f"raw.{name}", frame) for name, frame in frames.items()
    }


def _until_the_last_answer(
    con: duckdb.DuckDBPyConnection, program: Program, periods: list[Period], today: dt.date
) -> list[Period]:
    """A calendar that names no end goes to the last period of which anybody told anything."""
    if program.period == "wave" or program.end is not None:
        return periods
    last_day = con.execute(LAST_ANSWER, [today]).fetchone()[0] or dt.date.min
    named = {name for (name,) in con.execute(NAMED_PERIODS).fetchall()}
    told = [p.index for p in periods if p.id in named or p.start <= last_day]
    return periods[: max(told, default=len(periods))]


def _periods(periods: Sequence[Period]) -> pl.DataFrame:
    return pl.DataFrame(
        [(p.id, p.index, p.start, p.end, p.is_closed) for p in periods],
        schema={
            "period_id": pl.String,
            "period_index": pl.Int64,
            "period_start": pl.Date,
            "period_end": pl.Date,
            "is_closed": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip


def _waves(program: Program, periods: Sequence[Period]) -> pl.DataFrame:
    """Each wave with the period its fieldwork starts in; a period is its own wave."""
    rows = {p.id: (p.id, p.start, p.end, p.id) for p in periods}
    for wave in program.waves:
        home = next((p.id for p in periods if p.start <= wave.start <= p.end), None)
        rows[wave.id] = (wave.id, wave.start, wave.end, home)
    return pl.DataFrame(
        list(rows.values()),
        schema={
            "wave_id": pl.String,
            "wave_start": pl.Date,
            "wave_end": pl.Date,
            "period_id": pl.String,
        },
        orient="row",
    )


def _sources(program: Program) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "source": [source.name for source in program.sources],
            "is_snapshot": [source.snapshots for source in program.sources],
        }
    )


def _metrics(program: Program) -> pl.DataFrame:
    rows = [
        {
            "metric_id": m.id,
            "metric_number": number,
            "label": m.label,
            "voice": m.voice,
            "metric_kind": m.kind,
            "n_required": m.n_required,
            "top_box_from": m.top_box_from,
            "direction": program.direction_of(m),
            "value_min": -100.0 if m.kind == "net_promoter" else 0.0,
            "value_max": 100.0,
            "definition": m.definition,
        }
        for number, m in enumerate(program.metrics, start=1)
    ]
    types = {"metric_number": pl.Int16, "top_box_from": pl.Float64, "n_required": pl.Int64}
    return pl.DataFrame(rows, schema_overrides=types)


def _metric_items(program: Program) -> pl.DataFrame:
    return pl.DataFrame(
        [{"metric_id": m.id, "item_code": item} for m in program.metrics for item in m.items]
    )


def _pairs(program: Program) -> pl.DataFrame:
    linkage = program.linkage
    pairs: Sequence = linkage.all_pairs if linkage else []
    return pl.DataFrame(
        [
            {
                "pair_id": pair.pair_id,
                "x_metric_id": pair.x,
                "y_metric_id": pair.y,
                "is_primary": linkage is not None and pair is linkage.primary,
                "window_id": getattr(pair, "window", None),
                "min_employee": pair.min_respondents.employee,
                "min_customer": pair.min_respondents.customer,
            }
            for pair in pairs
        ],
        schema={
            "pair_id": pl.String,
            "x_metric_id": pl.String,
            "y_metric_id": pl.String,
            "is_primary": pl.Boolean,
            "window_id": pl.String,
            "min_employee": pl.Int64,
            "min_customer": pl.Int64,
        },
    )


def _settings(program: Program, last_release: Mapping[str, Any], today: dt.date) -> pl.DataFrame:
    privacy, org = program.privacy, program.org
    values = {
        "program": program.program,
        "title": program.title,
        "time_zone": program.time_zone,
        "today": today,
        "period": program.period,
        "suppression": privacy.suppression,
        "publisher": privacy.publisher or "",
        "threshold_employee": privacy.thresholds.employee,
        "threshold_customer": privacy.thresholds.customer,
        "threshold_comments": privacy.thresholds.comments,
        "unit": org.unit,
        "teams": org.teams,
        "unknown_references": org.unknown_references,
        "max_unattributed_share": org.max_unattributed_share,
        "max_unattributed_rise": org.max_unattributed_rise,
    }
    for voice in ("employee", "customer"):
        share = last_release.get(f"unattributed_share_{voice}")
        if share is not None:
            values[f"last_unattributed_share_{voice}"] = share
    rows = [{"setting": k, "value_text": str(v)} for k, v in values.items()]
    return pl.DataFrame(rows)
