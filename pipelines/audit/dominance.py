"""Links across units that hang on one of them.

What belongs here: how much of a released slope each unit carries, worked out from released cells.
What does not: estimates that count more answers than were released (audit.attacks).

Whoever knows the other units works the dominant one out of such a slope, more closely than its
rounded score tells. So no unit may carry more than a fifth of the leverage, its part of the squared
distances of the employee score. The attacker leaves open what rounding leaves open, and judges
slopes whose cells he finds: as many as the estimate says entered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

import numpy as np
import polars as pl

from pipelines.audit.cells import CELL_TABLES, STEP
from pipelines.audit.evidence import Evidence, Finding

MOST = 0.20
"""Share of the leverage that one unit may carry."""
ACROSS_UNITS = ("between", "adjusted", "segment")
NEEDED = (
    "question_id", "estimand", "level", "component", "effect_type", "x_measure", "y_measure",
    "period_start", "period_end", "segment_by", "segment", "adjusted_for", "weights", "n_units",
    "n_cells", "estimate",
)  # fmt: skip


def dominance(evidence: Evidence) -> Iterator[Finding]:
    """Every released slope across units of which one unit carries too much."""
    estimates = evidence.tables.get("linkage_estimates")
    if estimates is None or not set(NEEDED) <= set(estimates.columns):
        return
    slopes = estimates.filter(
        pl.col("estimand").is_in(ACROSS_UNITS), pl.col("estimate").is_not_null(),
        level="unit", component="observed", effect_type="slope",
    )  # fmt: skip
    for question in slopes.unique("question_id").sort("question_id").iter_rows(named=True):
        cells = _entered(evidence, question)
        if cells is None:
            continue
        unit, share = _largest(cells, question)
        if share > MOST:
            yield Finding(
                "dominance",
                f"linkage_estimates, question {question['question_id']}: unit {unit} carries "
                f"{share:.0%} or more of the leverage of {question['x_measure']}, and {MOST:.0%} is"
                " allowed. Who knows the other units can work it out of the slope.",
            )


def _entered(evidence: Evidence, question: Mapping) -> pl.DataFrame | None:
    """Cells behind a slope: unit, period, score, customer answers, place; None: not sure which."""
    held = [name for name in (question["adjusted_for"] or "").split(",") if name != "period"]
    place, by = next(iter(held), ""), question["segment_by"] or ""
    units = evidence.tables["dim_units"].with_columns(pl.lit("").alias(""))
    if len(held) > 1 or not {place, by} <= set(units.columns):
        return None
    periods = evidence.tables["periods"].filter(
        pl.col("period_start") >= (question["period_start"] or date.min),
        pl.col("period_end") <= (question["period_end"] or date.max),
    )
    places = units.filter(pl.col(by) == (question["segment"] or ""))
    found = (
        _scores(evidence, question["x_measure"])
        .join(_scores(evidence, question["y_measure"]), on=["unit_id", "period_id"], suffix="_y")
        .join(periods.select("period_id"), on="period_id")
        .join(places.select("unit_id", pl.col(place).alias("place")), on="unit_id")
    )
    counted = (question["n_cells"], question["n_units"])
    return found if (found.height, found["unit_id"].n_unique()) == counted else None


def _scores(evidence: Evidence, metric: str) -> pl.DataFrame:
    """Released scores of units in a metric: unit, period, score and answers."""
    tables = (evidence.tables[name] for name in CELL_TABLES if name in evidence.tables)
    is_shown = pl.col("reason_code") == "released"
    return pl.concat(
        t.filter(is_shown, metric_id=metric, unit_level="unit")
        .select("unit_id", "period_id", "value", "n_responses")
        for t in tables
    )


def _largest(cells: pl.DataFrame, question: Mapping) -> tuple[str, float]:
    """The unit that carries most, and how much it carries at least."""
    units = (
        cells.with_columns(pl.col("value") - pl.col("value").mean().over("period_id"))
        .group_by("unit_id", "place", maintain_order=True)
        .agg(pl.col("value").mean(), pl.col("n_responses_y").mean())
    )
    shares = [
        units.with_columns(weight.alias("weight")).select(_least_share()).to_series().to_numpy()
        for weight in _weights(question["weights"])
    ]
    least = np.min(shares, axis=0)
    return units["unit_id"][int(least.argmax())], float(least.max())


def _weights(declared: str) -> list[pl.Expr]:
    """Weights of units; those by credibility are between the equal ones and those by answers."""
    equal, answers = pl.lit(1.0), pl.col("n_responses_y")
    return {"equal": [equal], "responses": [answers]}.get(declared, [equal, answers])


def _least_share() -> pl.Expr:
    """Share of each unit in the weighted squared distances from the mean of its place."""
    value, weight = pl.col("value"), pl.col("weight")
    mean = (value * weight).sum().over("place") / weight.sum().over("place")
    distance = (value - mean).abs()
    own, other = weight * (distance - STEP).clip(0) ** 2, weight * (distance + STEP) ** 2
    return own / (own + other.sum() - other)
