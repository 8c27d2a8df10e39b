"""The raw stage: landed batches as the contract tables, and the program's declarations as tables.

What belongs here: which Parquet files and which settings the dbt project reads. What does not:
any change of a row. The contract tables are views over the landed Parquet, so a run of 20 million
rows copies nothing; with the declarations as data, the dbt project is the same for every program.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Sequence

import duckdb
import polars as pl

from pipelines import landing, warehouse
from pipelines.contract import COMMENTS, INGEST_BATCHES, RAW_TABLES, REJECTED_ROWS, SQL_TYPES
from pipelines.program.model import Program
from pipelines.program.periods import program_periods
from pipelines.settings import Settings

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212"
REFERENCES = {
    "team_ref": ("team", ("employee_responses", "customer_feedback", "unit_scores",
                          "org_assignments", "actions", "outcomes")),
    "location_ref": ("location", ("employee_responses", "customer_feedback", "unit_scores",
                                  "org_assignments", "actions", "outcomes")),
    "ticket_group_ref": ("ticket_group", ("customer_feedback",)),
}  # fmt: skip
"""Columns that refer to a unit, the level they refer to, and the tables that have them."""


def register_batches(
    con: duckdb.DuckDBPyConnection, program: Program, settings: Settings
) -> dict[str, int]:
    """Make every contract table of the raw stage; returns rows by table."""
    manifests = {s.name: landing.batches_in_use(settings.landing, s.name) for s in program.sources}
    for table in RAW_TABLES.values():
        if table.name == INGEST_BATCHES.name:
            continue
        columns = [(c.name, SQL_TYPES[c.kind]) for c in table.columns]
        stored = landing.REJECTS if table.name == REJECTED_ROWS.name else table.name
        files = [
            file
            for source in program.sources
            for manifest in manifests[source.name]
            if table.name in (source.table, COMMENTS.name, REJECTED_ROWS.name)
            and (file := landing.batch_file(settings.landing, manifest, stored)).exists()
        ]
        warehouse.register_parquet(con, f"raw.{table.name}", columns, files)
    batches = _ingest_batches(program, settings, manifests)
    warehouse.write_table(con, f"raw.{INGEST_BATCHES.name}", batches)
    return {name: warehouse.count_rows(con, f"raw.{name}") for name in RAW_TABLES}


def _ingest_batches(
    program: Program, settings: Settings, manifests: dict[str, list[landing.Manifest]]
) -> pl.DataFrame:
    rows = []
    for source in program.sources:
        is_stale = landing.read_state(settings.landing, source.name).is_stale
        for manifest in manifests[source.name]:
            rows.append(
                {
                    **{k: getattr(manifest, k) for k in INGEST_BATCHES.schema if hasattr(manifest, k)},
                    "is_required": source.required,
                    "max_rejected_share": source.max_rejected_share,
                    "is_stale": is_stale,
                }
            )  # fmt: skip
    return pl.DataFrame(rows, schema=INGEST_BATCHES.schema)


def write_declarations(
    con: duckdb.DuckDBPyConnection, program: Program, today: dt.date
) -> dict[str, int]:
    """Write what the program declares as `raw.declared_*` tables; returns rows by table."""
    frames = {
        "declared_periods": _periods(program, today),
        "declared_waves": _waves(program, today),
        "declared_metrics": _metrics(program),
        "declared_metric_items": _metric_items(program),
        "declared_pairs": _pairs(program),
        "declared_settings": _settings(program),
    }
    return {
        name: warehouse.write_table(con, f"raw.{name}", frame) for name, frame in frames.items()
    }


def write_unit_references(con: duckdb.DuckDBPyConnection, program: Program) -> int:
    """Write `raw.unit_references`: every distinct reference to a unit and its normalised key.

    Normalisation is Unicode work that SQL engines do differently, so it is done here, once per
    distinct text.
    """
    parts = ["select 'location' as unit_level, cast(null as varchar) as reference where false"]
    for column, (level, tables) in REFERENCES.items():
        parts += [f"select '{level}', {column} from raw.{table}" for table in tables]
    parts += [
        "select unit_level, unit_ref from raw.units",
        "select unit_level, unit_name from raw.units",
        "select case unit_level when 'team' then 'location' else 'region' end, parent_ref"
        " from raw.units",
        "select alias_level, alias from raw.unit_aliases",
        "select case alias_level when 'ticket_group' then 'team' else alias_level end, unit_ref"
        " from raw.unit_aliases",
        "select unit_level, from_ref from raw.unit_lineage",
        "select unit_level, to_ref from raw.unit_lineage",
    ]
    distinct = con.sql(
        f"select distinct unit_level, reference from ({' union all '.join(parts)}) as refs"
        " where reference is not null order by all"
    ).pl()
    keys = [reference_key(r, program.org.strip_leading_zeros) for r in distinct["reference"]]
    frame = distinct.with_columns(pl.Series("reference_key", keys, dtype=pl.String))
    return warehouse.write_table(con, "raw.unit_references", frame)


def reference_key(reference: str, strip_leading_zeros: bool) -> str:
    """A reference made comparable: NFKC, trimmed, case-folded, one kind of dash and blank."""
    text = unicodedata.normalize("NFKC", reference).casefold()
    for dash in DASHES:
        text = text.replace(dash, "-")
    text = " ".join(text.split())
    return (text.lstrip("0") or "0") if strip_leading_zeros and text else text


def _periods(program: Program, today: dt.date) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (p.id, p.index, p.start, p.end, p.is_closed)
            for p in program_periods(program, today)
        ],
        schema={
            "period_id": pl.String,
            "period_index": pl.Int64,
            "period_start": pl.Date,
            "period_end": pl.Date,
            "is_closed": pl.Boolean,
        },
        orient="row",
    )  # fmt: skip


def _waves(program: Program, today: dt.date) -> pl.DataFrame:
    """Each wave with the period its fieldwork starts in; a period is its own wave."""
    periods = program_periods(program, today)
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


def _metrics(program: Program) -> pl.DataFrame:
    rows = [
        {
            "metric_id": m.id,
            "label": m.label,
            "voice": m.voice,
            "metric_kind": m.kind,
            "n_required": m.n_required,
            "top_box_from": m.top_box_from,
            "value_min": -100.0 if m.kind == "net_promoter" else 0.0,
            "value_max": 100.0,
            "definition": m.definition,
        }
        for m in program.metrics
    ]
    return pl.DataFrame(
        rows, schema_overrides={"top_box_from": pl.Float64, "n_required": pl.Int64}
    )


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


def _settings(program: Program) -> pl.DataFrame:
    privacy, org = program.privacy, program.org
    values = {
        "program": program.program,
        "title": program.title,
        "time_zone": program.time_zone,
        "period": program.period,
        "suppression": privacy.suppression,
        "publisher": privacy.publisher or "",
        "threshold_employee": privacy.thresholds.employee,
        "threshold_customer": privacy.thresholds.customer,
        "threshold_comments": privacy.thresholds.comments,
        "unit": org.unit,
        "unknown_references": org.unknown_references,
    }
    rows = [{"setting": k, "value_text": str(v)} for k, v in values.items()]
    return pl.DataFrame(rows)
