"""Published tables made in memory: real estimates of a made-up company, rounded as for release."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import polars as pl

from pipelines import linkage
from pipelines.linkage import Linkage
from pipelines.linkage.companions import COMPANION_SCHEMAS
from pipelines.publishing.publication import SCHEMA as PUBLICATION_SCHEMA
from pipelines.publishing.rounding import round_companion, round_estimates, round_scores
from pipelines.report.published import Published
from tests.unit.linkage.panels import panel

START = dt.date(2025, 1, 1)
ITEMS = ("q1", "q2", "q3")
OPTIONS: dict[str, Any] = {
    "x_measure": "engagement", "y_measure": "nps", "x_label": "Employee engagement",
    "y_label": "Net promoter score", "unit_y": "NPS points", "per": "1 point of 100",
    "respondent_overlap": "none", "primary": False, "period_start": START,
    "period_end": dt.date(2025, 12, 31),
}  # fmt: skip
ASKED: dict[str, Callable[..., Linkage]] = {
    "between": lambda d, o: linkage.between(d, **{**o, "primary": True}),
    "within": lambda d, o: linkage.within(d, **o),
    "lag": lambda d, o: linkage.lag_profile(d, n_draws=99, **o),
    "adjusted": lambda d, o: linkage.adjusted(d, **o),
    "drivers": lambda d, o: linkage.drivers(d, items=ITEMS, n_draws=60, **o),
    "segments": lambda d, o: linkage.segments(d, by="region_id", **o),
    "nonlinear": lambda d, o: linkage.nonlinear(d, n_draws=99, **o),
    "contrast": lambda d, o: linkage.contrast(d, **o),
    "aggregation": lambda d, o: linkage.aggregation(d, **o),
    "power": lambda d, o: linkage.power(d, **o),
    "change": lambda d, o: linkage.change(d, n_draws=99, **o),
}


@cache
def company(n_locations: int = 54, n_periods: int = 9, per_location: int = 4) -> Published:
    """A company whose links are there; 216 units by default."""
    return published(panel(n_locations, per_location, n_periods, seed=11, within=0.4))


@cache
def refusals() -> Published:
    """A company of eight units, one period: nothing can be answered."""
    return published(panel(2, 4, 1, seed=3))


def published(
    cells: pl.DataFrame, names: Callable[[str, str], str] = lambda kind, code: f"{kind} {code}",
    options: Mapping[str, Any] | None = None,
) -> Published:  # fmt: skip
    """The tables of the shared audience for a panel; `names` gives names for people."""
    cells = cells.with_columns(pl.col("mean_e").clip(0, 100), pl.col("mean_c").clip(-100, 100))
    rng = np.random.default_rng(5)
    scores = cells["mean_e"].to_numpy()
    items = [pl.Series(q, scores + rng.normal(0, 15, len(cells))) for q in ITEMS]
    asked = {**OPTIONS, **(options or {})}
    asks = [ask(cells.with_columns(items), asked) for ask in ASKED.values()]
    # a second pair: the same people's other answer, half as much of it shared with the first
    blurred = pl.Series(cells["mean_c"].to_numpy() / 2 + rng.normal(0, 9, len(cells)))
    other = {**asked, "y_measure": "csat", "y_label": "Customer satisfaction", "unit_y": "points"}
    asks += [ASKED["within"](cells.with_columns(blurred.alias("mean_c")), other)]
    found = linkage.combine(asks)
    answered = found.estimates.filter(pl.col("estimate").is_not_null())["question_id"].unique()
    tables = {
        "linkage_estimates": round_estimates(found.estimates),
        "linkage_guards": round_companion(found.guards),
        "unit_period_scores": _scores(cells, names),
        "publication": pl.DataFrame([PUBLICATION], schema=PUBLICATION_SCHEMA),
        **_dimensions(cells, names),
    }
    for name in COMPANION_SCHEMAS:
        table = found.companions[name]
        kept = table.filter(pl.col("question_id").is_in(answered.implode()))
        tables[name] = round_companion(kept)
    return Published(tables)


PUBLICATION = {
    "release_id": "20260101T000000Z-abcdef01", "run_id": "run", "program": "made",
    "title": "A made-up company", "fingerprint": "f" * 16,
    "started_at": dt.datetime(2026, 1, 1),  # noqa: DTZ001 - released times are UTC without a zone
    "config_hash": "c" * 16, "code_hash": "d" * 16, "input_hash": "i" * 16, "git_commit": "g" * 40,
    "suppression": "thresholds", "publisher": None, "threshold_employee": 5,
    "threshold_customer": 5, "n_cells": 4000, "n_cells_hidden": 120, "stale_sources": "",
    "unattributed_share_employee": 0.031, "unattributed_share_customer": 0.127,
    "partial_sums_employee": "", "partial_sums_customer": "unit of team",
}  # fmt: skip


RULES = pl.DataFrame(
    [
        ("direct_unit", 216, 0.6, 0.41, 0.28, 0.52),
        ("direct_unit + agent", 216, 1.0, 0.44, 0.32, 0.54),
    ],
    schema=["rule", "n_units", "share_of_feedback", "estimate", "conf_low", "conf_high"],
    orient="row",
).with_columns(x_measure=pl.lit("engagement"), y_measure=pl.lit("nps"), guard_code=pl.lit(None))


def _scores(cells: pl.DataFrame, names: Callable[[str, str], str]) -> pl.DataFrame:
    day = pl.col("period_index").cast(pl.Int32)
    hidden = pl.int_range(pl.len()) % 97 == 5
    frame = cells.select(
        "unit_id", "team_id", "location_id", "region_id",
        pl.col("unit_id").map_elements(lambda u: names("team", u), pl.String).alias("team_name"),
        pl.col("location_id").map_elements(lambda u: names("place", u), pl.String)
        .alias("location_name"),
        pl.col("region_id").map_elements(lambda u: names("region", u), pl.String)
        .alias("region_name"),
        "period_id", (pl.lit(START) + pl.duration(days=30 * day)).alias("period_start"),
        (pl.lit(START) + pl.duration(days=30 * day + 29)).alias("period_end"),
        pl.lit("engagement").alias("employee_metric_id"),
        pl.when(~hidden).then(pl.col("mean_e")).alias("employee_score"),
        pl.when(~hidden).then(pl.col("n_e")).cast(pl.Int64).alias("n_employee_responses"),
        pl.when(hidden).then(pl.lit("below_threshold")).otherwise(pl.lit("released"))
        .alias("employee_reason_code"),
        pl.lit("nps").alias("customer_metric_id"), pl.col("mean_c").alias("customer_score"),
        pl.col("n_c").cast(pl.Int64).alias("n_customer_responses"),
        pl.lit("released").alias("customer_reason_code"),
        pl.lit(0.8).alias("response_share"), pl.col("headcount").cast(pl.Int64),
        pl.lit(0.9).alias("attributed_share"),
    )  # fmt: skip
    return round_scores(frame, ["employee_score", "customer_score"], ["response_share"])


def _dimensions(
    cells: pl.DataFrame, names: Callable[[str, str], str]
) -> dict[str, pl.DataFrame]:
    places = cells.select("location_id", "region_id").unique().sort("location_id")
    index = pl.col("period_index").cast(pl.Int64)
    periods = cells.select("period_id", index).unique().sort("period_index").with_columns(
        pl.lit(START).alias("period_start"), pl.lit(dt.date(2025, 12, 31)).alias("period_end"),
        pl.lit(True).alias("is_closed"),
    )  # fmt: skip
    return {
        "periods": periods,
        "dim_locations": places.with_columns(
            pl.col("location_id").map_elements(lambda u: names("place", u), pl.String)
            .alias("location_name"),
            pl.col("region_id").map_elements(lambda u: names("region", u), pl.String)
            .alias("region_name"),
        ),
        "dim_metrics": pl.DataFrame({
            "metric_id": ["engagement", "nps"], "voice": ["employee", "customer"],
            "metric_label": ["Employee engagement", "Net promoter score"],
        }),
        "linkage_attribution_rules": RULES,
        "data_dictionary": pl.DataFrame(
            {"table_name": ["linkage_estimates"], "column_name": ["estimate"],
             "column_description": ["The number."]}
        ),
    }  # fmt: skip
