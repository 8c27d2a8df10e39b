"""The questions a program declares, asked: every pair in every window, judged as one family.

Here: from the program's `linkage:` section to calls of the estimators. Not here: how an estimate is
made, or where the panel comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.linkage.between import between
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.overlap import respondent_sums
from pipelines.linkage.verdicts import combine
from pipelines.program.model import Program
from pipelines.program.sections import Linkage as Declared
from pipelines.program.sections import Metric, Pair

CLUSTER_COLUMNS = {"location": "location_id", "region": "region_id", "unit": "unit_id"}


def estimate_declared(
    program: Program,
    panel: pl.DataFrame,
    periods: pl.DataFrame,
    answers: Mapping[str, pl.DataFrame],
) -> Linkage:
    """Estimate every declared pair in every declared window.

    `panel` is the linkage panel of all pairs, `periods` the closed periods, `answers` the scored
    answers by employee metric (unit_id, period_id, respondent_key, score), from which only sums
    per unit are made. A program without a `linkage:` section has no estimates.
    """
    if program.linkage is None:
        return Linkage()
    results = []
    for pair in program.linkage.all_pairs:
        cells = panel.filter(pl.col("pair_id") == pair.pair_id)
        for window in _windows(program.linkage, pair, periods):
            inside = _inside(periods, window)
            chosen = cells.filter(pl.col("period_id").is_in(inside["period_id"].implode()))
            options = _options(program, pair, window, inside, chosen, answers.get(pair.x))
            results.append(between(chosen, **options))
    return combine(results)


def _windows(declared: Declared, pair: Pair, periods: pl.DataFrame) -> list[str]:
    """Windows of a pair, each once; the primary question's own window is always among them."""
    wanted: list[str] = []
    for window in declared.windows:
        wanted += periods["period_id"].to_list() if window == "each" else [window]
    if pair is declared.primary:
        wanted.append(declared.primary.window)
    return list(dict.fromkeys(wanted))


def _inside(periods: pl.DataFrame, window: str) -> pl.DataFrame:
    return periods if window == "pooled" else periods.filter(pl.col("period_id") == window)


def _options(
    program: Program,
    pair: Pair,
    window: str,
    inside: pl.DataFrame,
    cells: pl.DataFrame,
    answers: pl.DataFrame | None,
) -> dict[str, Any]:
    declared = program.linkage
    assert declared is not None  # the caller has looked
    x, y = program.metric(pair.x), program.metric(pair.y)
    options: dict[str, Any] = {
        "x_measure": x.id,
        "y_measure": y.id,
        "x_label": x.label,
        "y_label": y.label,
        "unit_x": "point",
        "unit_y": _unit(y),
        "per": "1 point of 100",
        "x_bounds": _bounds(x),
        "y_bounds": _bounds(y),
        "cluster": CLUSTER_COLUMNS[declared.cluster],
        "weights": declared.weights,
        "expected_direction": declared.expected_direction,
        "sesoi": declared.smallest_effect,
        "seed": declared.seed,
        "primary": pair is declared.primary and window == declared.primary.window,
        "window_id": window,
        "period_start": inside["period_start"].min(),
        "period_end": inside["period_end"].max(),
        **_people(declared, cells, answers),
    }
    minimum = pair.min_respondents
    if minimum.employee or minimum.customer:
        sides = (("employee", minimum.employee), ("customer", minimum.customer))
        options["segment_by"] = "min_respondents"
        options["segment"] = ", ".join(f"{name} {n} or more" for name, n in sides if n)
    return options


def _people(
    declared: Declared, cells: pl.DataFrame, answers: pl.DataFrame | None
) -> dict[str, Any]:
    """Whether the same people answer again, as sums over the cells that enter the estimate."""
    if declared.respondent_overlap != "key":
        return {"respondent_overlap": declared.respondent_overlap}
    if answers is None or answers.is_empty():
        return {"respondent_overlap": "unknown"}
    entering = cells.filter(pl.col("mean_e").is_not_null() & pl.col("mean_c").is_not_null())
    return {"respondent_overlap": "key", "overlap": respondent_sums(answers, entering)}


def _bounds(metric: Metric) -> tuple[float, float]:
    return (-100.0, 100.0) if metric.kind == "net_promoter" else (0.0, 100.0)


def _unit(metric: Metric) -> str:
    return "NPS points" if metric.kind == "net_promoter" else "points"
