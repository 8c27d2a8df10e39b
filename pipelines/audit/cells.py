"""Cells as the tables of a release show them: counts and sums, between what rounding leaves open.

What belongs here: from rows to cells. What does not: reading files (audit.evidence) and what one
answer can be (audit.answers).

Metrics of the same answers have one count. Where one of them is shown, the count of all is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import reduce

import numpy as np
import polars as pl

from pipelines.audit.answers import Answers

CELL_TABLES = ("employee_unit_period_metrics", "customer_unit_period_metrics")
"""Tables of cells: counts and scores of groups, one row each."""
KEY = ["unit_level", "unit_id", "period_id"]
STEP = 0.1
"""Step values are rounded to."""
WHOLE, ONE_ANSWER = ("top_box", "net_promoter"), 100.0
"""Kinds whose score sum, of one question, counts answers: a rounded value tells it exactly."""


@dataclass(frozen=True, eq=False)
class Cell:
    """One group as released: its count and sums if shown, nothing if not.

    `low` and `high`, shape (figures of its answers,): every sum, between what is left open.
    """

    key: tuple[str, ...]
    """Metrics of the same answers, unit level, unit, period."""
    answers: int | None = None
    low: np.ndarray = field(default_factory=lambda: np.zeros(0))
    high: np.ndarray = field(default_factory=lambda: np.zeros(0))
    is_never_counted: bool = False
    """The source did not give it: totals may hold its answers or not."""

    @property
    def is_hidden(self) -> bool:
        """The row is there, its numbers are not."""
        return self.answers is None


def cells_of(tables: Mapping[str, pl.DataFrame], answers: Mapping[str, Answers]) -> Iterator[Cell]:
    """Every cell of metrics, and of participation."""
    catalogue = {row["metric_id"]: row for row in tables["dim_metrics"].iter_rows(named=True)}
    rows = {
        str(metric): frame
        for name in CELL_TABLES
        if name in tables
        for (metric,), frame in tables[name].group_by("metric_id", maintain_order=True)
    }
    for name, one in answers.items():
        told = [(_told(rows[m], catalogue[m]), m) for m in one.metrics if m in rows]
        if told:
            yield from _together(name, one, {m: frame for frame, m in told})
    if "unit_period_participation" in tables:
        shown = tables["unit_period_participation"]
        for row in shown.iter_rows(named=True):
            key = (f"participation in {row['survey']}", *(row[k] for k in KEY))
            yield Cell(key, row["n_responded"]) if row["reason_code"] == "released" else Cell(key)


def _told(rows: pl.DataFrame, metric: Mapping) -> pl.DataFrame:
    """Key, count, whether it never was counted, and low and high of every figure."""
    is_net = metric["metric_kind"] == "net_promoter"
    n, value = pl.col("n_responses"), pl.col("value")
    is_shown = (pl.col("reason_code") == "released") & n.is_not_null()
    least, most = n * metric["value_min"], n * metric["value_max"]
    low, high = n * (value - STEP / 2), n * (value + STEP / 2)
    if metric["metric_kind"] in WHOLE and metric.get("n_items", 1) == 1:
        exact = ONE_ANSWER * (n * value / ONE_ANSWER).round()
        is_exact = STEP * n < ONE_ANSWER
        low, high = (pl.when(is_exact).then(exact).otherwise(e) for e in (low, high))
    figures = {"score": (low.fill_null(least), high.fill_null(most))}
    if is_net:
        counts = ("promoters", "detractors")
        balance = ONE_ANSWER * (pl.col("promoters") - pl.col("detractors"))
        figures = {"score": tuple(balance.fill_null(e) for e in figures["score"])} | {
            c: (pl.col(c).fill_null(0), pl.col(c).fill_null(n)) for c in counts
        }
    sides = [
        expression.cast(pl.Float64).alias(f"{side} {what}")
        for what, both in figures.items()
        for side, expression in zip(("low", "high"), both, strict=True)
    ]
    never = (pl.col("reason_code") == "suppressed_at_source").alias("never")
    rows = rows.filter((pl.col("reason_code") != "released") | n.is_not_null())
    return rows.select(*KEY, pl.when(is_shown).then(n).alias("n"), never, *sides)


def _together(name: str, one: Answers, told: Mapping[str, pl.DataFrame]) -> Iterator[Cell]:
    """Cells of metrics of the same answers; a figure nobody tells is anything that can be."""
    named = (
        frame.rename({c: f"{metric} {c}" for c in frame.columns if c not in KEY})
        for metric, frame in told.items()
    )
    joined = reduce(lambda a, b: a.join(b, on=KEY, how="full", coalesce=True), named)
    n = pl.coalesce(f"{m} n" for m in told)
    sides = [
        pl.coalesce(*([f"{metric} {side} {what}"] if metric in told else []), n * float(edge[i]))
        .fill_null(0.0).alias(f"{side} {i}")
        for side, edge in (("low", one.least), ("high", one.most))
        for i, (metric, what) in enumerate(one.figures)
    ]  # fmt: skip
    never = pl.all_horizontal(pl.col(f"{m} never").fill_null(value=True) for m in told)
    joined = joined.select(*KEY, n.alias("n"), never.alias("never"), *sides)
    numbers = joined.select(pl.exclude(*KEY, "n", "never")).to_numpy()
    k = len(one.figures)
    for row, sums in zip(joined.select(*KEY, "n", "never").iter_rows(), numbers, strict=True):
        *place, answers, is_never = row
        key = (name, *place)
        if answers is None:
            yield Cell(key, is_never_counted=is_never)
        else:
            yield Cell(key, answers, sums[:k], sums[k:])
