"""Made-up releases as the files an attacker reads: written by hand, as the product writes them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.audit.report import Audit, audit_release
from pipelines.privacy import mask as compiler
from pipelines.privacy.atoms import Places
from tests.unit.privacy.worlds import ANSWER_SCALES, METRICS, World, record_of

KEYS = ["unit_level", "unit_id", "period_id", "metric_id"]
NUMBERS = ["n_responses", "value", "promoters", "passives", "detractors"]
VOICES = ("employee", "customer")
MONTHS = {"m1": (1, 31), "m2": (32, 59), "m3": (60, 90)}


def answers(team: str, location: str, n: int, *, score: int = 50, period: str = "m1",
            metric: str = "engagement", who: str = "") -> list[tuple]:  # fmt: skip
    """`n` answers of one unit, spread around a score."""
    voice = "customer" if metric == "nps" else "employee"
    values = [score - 25, score, score + 25] if metric == "engagement" else [-100, 0, 100]
    return [
        (team, location, period, metric, voice, f"{team}{location}{period}{who}{i}",
         float(values[i % 3]), f"R{location}")
        for i in range(n)
    ]  # fmt: skip


def world(rows: list[tuple], finer: dict | None = None) -> World:
    frame = pl.DataFrame(
        rows,
        schema=["team", "location", "period_id", "metric_id", "voice", "person", "score", "region"],
        orient="row",
    )
    places = frame.select("team", "location").drop_nulls()
    units = {f"{t}@{loc}": (t, loc) for t, loc in places.iter_rows()}
    regions = dict(frame.select("location", "region").iter_rows())
    return World(frame, Places(units, regions), 5, finer or {})


def publish(made: World, folder: Path, release_id: str = "r1",
            earlier: pl.DataFrame | None = None) -> pl.DataFrame:  # fmt: skip
    """Write the files of a release; returns its record as a later run reads it."""
    mask = compiler.publication_mask(
        made.cells, made.privacy, METRICS, made.places, earlier=earlier, finer=made.finer,
        answer_scales=ANSWER_SCALES, asked_together=[],
    )  # fmt: skip
    passives = pl.col("n_responses") - pl.col("promoters") - pl.col("detractors")
    cells = made.cells.with_columns(passives=passives).join(mask, on=KEYS)
    counted = pl.col("tells_counts") & (pl.col("metric_id") == "nps")
    cells = cells.with_columns(
        pl.when("is_released").then("n_responses").alias("n_responses"),
        pl.when("is_released").then(pl.col("value").round(1)).alias("value"),
        *(pl.when(counted).then(c).alias(c) for c in NUMBERS[2:]),
        pl.when("is_released").then(pl.lit("released")).otherwise(pl.lit("withheld"))
        .alias("reason_code"),
        pl.lit(None, dtype=pl.Float64).alias("value_native"),
    ).drop("n_people")  # fmt: skip
    parquet = folder / release_id / "all" / "parquet"
    parquet.mkdir(parents=True)
    for voice in ("employee", "customer"):
        mine = cells.filter(pl.col("voice") == voice)
        mine.write_parquet(parquet / f"{voice}_unit_period_metrics.parquet")
    for name, frame in _plain_tables(made).items():
        frame.write_parquet(parquet / f"{name}.parquet")
    (folder / release_id / "publication.json").write_text(f'{{"release_id": "{release_id}"}}')
    return record_of(made, mask, release_id)


def audit_of_last(worlds: Iterable[World], folder: Path) -> Audit:
    """Publish each world beside all before it, and attack the last release."""
    records: list[pl.DataFrame] = []
    for n, made in enumerate(worlds):
        records.append(publish(made, folder, f"r{n}", pl.concat(records) if records else None))
    return audit_release(folder / f"r{len(records) - 1}", folder)


def _plain_tables(made: World) -> dict[str, pl.DataFrame]:
    units = [(u, t, loc) for u, (t, loc) in made.places.units.items()]
    day = date(2025, 1, 1).toordinal()
    spans = {**MONTHS, **dict.fromkeys(made.finer, (1, 90))}
    periods = [
        (p, date.fromordinal(day + a - 1), date.fromordinal(day + b - 1))
        for p, (a, b) in spans.items()
    ]
    return {
        "dim_units": pl.DataFrame(units, schema=["unit_id", "team_id", "location_id"],
                                  orient="row"),
        "dim_locations": pl.DataFrame(list(made.places.regions.items()),
                                      schema=["location_id", "region_id"], orient="row"),
        "dim_metrics": _catalogue(made),
        "periods": pl.DataFrame(periods, schema=["period_id", "period_start", "period_end"],
                                orient="row"),
        "publication": pl.DataFrame(
            {"suppression": "thresholds", "threshold_employee": made.threshold,
             "threshold_customer": [made.threshold],
             **{f"partial_sums_{v}": ", ".join(partial_sums(made, v)) for v in VOICES}}),
    }  # fmt: skip


def _catalogue(made: World) -> pl.DataFrame:
    """Metrics; what they are made of only where both of employees are made of the same answers."""
    people = [
        made.answers.filter(metric_id=metric).select("team", "location", "period_id", "person")
        for metric in ANSWER_SCALES
    ]
    is_same = people[0].sort(pl.all()).equals(people[1].sort(pl.all()))
    scale = ANSWER_SCALES["engagement"][0]
    rows = [
        {
            "metric_id": m.id, "voice": m.voice, "metric_kind": m.kind, "n_items_required": 1,
            "value_min": -100.0 if m.kind == "net_promoter" else 0.0, "value_max": 100.0,
            "items": m.items[0], "top_box_from": m.top_box_from,
            "answer_min": float(scale.low), "answer_max": float(scale.high),
            "answer_direction": "higher",
            "answers_are_whole": True if is_same and m.id in ANSWER_SCALES else None,
        }
        for m in METRICS
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"top_box_from": pl.Float64,
                                                "answers_are_whole": pl.Boolean})  # fmt: skip


def partial_sums(made: World, voice: str) -> list[str]:
    """Kinds of totals that hold answers of no part, from the answers themselves."""
    frame = made.answers.filter(pl.col("voice") == voice)
    team, location, region = (pl.col(c).is_null() for c in ("team", "location", "region"))
    holding = {
        "region of company": region, "team of company": team,
        "unit of location": team & ~location, "unit of team": location & ~team,
    }  # fmt: skip
    return [kind for kind, is_rest in holding.items() if frame.filter(is_rest).height]
