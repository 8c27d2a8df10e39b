"""The questions a program declares: which estimands, pairs and windows, with which options.

Here: from the program's `linkage:` section to calls of the estimators. Not here: how an estimate is
made, or where the panel comes from. The primary pair is asked everything the program lists, in its
window; further pairs and windows are asked less, so that the family of tests stays small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import polars as pl

from pipelines.linkage.adjusted import adjusted
from pipelines.linkage.agreement import aggregation
from pipelines.linkage.attribution import SCHEMA as ATTRIBUTION_SCHEMA
from pipelines.linkage.attribution import attribution_rules
from pipelines.linkage.between import between
from pipelines.linkage.change import change
from pipelines.linkage.contrast import contrast
from pipelines.linkage.drivers import drivers
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.item_errors import item_error_sums
from pipelines.linkage.lag import lag_profile
from pipelines.linkage.nonlinear import nonlinear
from pipelines.linkage.nonresponse import SCHEMA as NONRESPONSE_SCHEMA
from pipelines.linkage.nonresponse import link_row, mean_rows, weights_by_period
from pipelines.linkage.overlap import respondent_sums
from pipelines.linkage.overlapping_windows import dates_overlap
from pipelines.linkage.power import power
from pipelines.linkage.roster import roster_turnover
from pipelines.linkage.segments import segments
from pipelines.linkage.verdicts import combine
from pipelines.linkage.within import within
from pipelines.program.model import Program
from pipelines.program.questions import Linkage as Declared
from pipelines.program.questions import Pair
from pipelines.program.sections import Metric

LEVEL_COLUMNS = {"location": "location_id", "region": "region_id", "unit": "unit_id"}
OF_CHANGE = ("within", "lag", "adjusted")
"""Estimands that follow a unit over time and so need its people to stay."""
OTHER_WINDOWS = ("between",)
"""What pairs are asked in windows other than their main one."""


@dataclass(frozen=True)
class Inputs:
    """What the questions are answered from.

    `panel` holds the cells of all pairs, `periods` the closed periods. `answers` are the scored
    answers by employee metric (unit_id, period_id, respondent_key, score), `item_answers` the items
    of the same people, one column each; only sums per unit are made from either. `item_moments`
    are the variances of those items per cell. `channel_cells` are unit means per channel by
    customer metric (unit_id, period_id, channel, n_c, mean_c), and `n_shared` counts people whose
    keys are found among employees and customers alike.
    """

    panel: pl.DataFrame
    periods: pl.DataFrame
    answers: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    item_answers: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    item_moments: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    channel_cells: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    n_shared: int = 0


def answer(estimand: str, program: Program, inputs: Inputs) -> list[Linkage]:
    """Answer every declared question of one estimand, each by itself; `combine` joins them."""
    if program.linkage is None:
        return []
    return [
        ask(estimand, program, pair, window, inputs)
        for pair, window in _questions(estimand, program.linkage, inputs.periods)
    ]


def _questions(
    estimand: str, declared: Declared, periods: pl.DataFrame
) -> Iterator[tuple[Pair, str]]:
    """Pairs and windows an estimand is asked for, each once."""
    for pair in declared.all_pairs:
        is_primary = pair is declared.primary
        main = declared.primary.window if is_primary else "pooled"
        windows = [w for given in declared.windows for w in _named(given, periods)]
        for window in dict.fromkeys([main, *windows] if is_primary else windows):
            asked = declared.estimands if is_primary else declared.pair_estimands
            if window != main:
                asked = [e for e in asked if e in OTHER_WINDOWS]
            if estimand in asked:
                yield pair, window


def _named(window: str, periods: pl.DataFrame) -> list[str]:
    return periods["period_id"].to_list() if window == "each" else [window]


def ask(estimand: str, program: Program, pair: Pair, window: str, inputs: Inputs) -> Linkage:
    """Answer one estimand for one pair in one window, with the program's options."""
    declared = program.linkage
    assert declared is not None  # the caller has looked
    cells, options = _asked_of(program, pair, window, inputs)
    options["primary"] = (
        pair is declared.primary
        and window == declared.primary.window
        and estimand == declared.primary.estimand
    )
    if estimand in OF_CHANGE and options["respondent_overlap"] == "key":
        options["turnover"] = roster_turnover(inputs.answers[pair.x], _entering(cells))
    if estimand == "driver":
        return _drivers(cells, program.metric(pair.x), inputs, options)
    if estimand == "aggregation":
        return _aggregation(cells, pair, inputs, options)
    if estimand == "segment":
        return segments(cells, by=LEVEL_COLUMNS[declared.segments], **options)
    if estimand == "adjusted":
        return adjusted(
            cells,
            covariates=tuple(c for c in declared.covariates if c != "channel_mix"),
            mediators=tuple(declared.mediators),
            channels=inputs.channel_cells.get(pair.y)
            if "channel_mix" in declared.covariates
            else None,
            **options,
        )
    if estimand == "lag":
        return lag_profile(cells, max_lag=declared.max_lag, **options)
    if estimand == "change":
        return change(cells, at=_index_of(declared.change_at, inputs.periods), **options)
    return PLAIN[estimand](cells, **options)


PLAIN: dict[str, Callable[..., Linkage]] = {
    "between": between, "within": within, "nonlinear": nonlinear, "contrast": contrast,
    "power": power,
}  # fmt: skip
"""Estimands asked with the common options alone."""


def _index_of(period_id: str | None, periods: pl.DataFrame) -> int | None:
    """Place in time of a planned change; none for a scan, or when that period is not closed."""
    found = periods.filter(pl.col("period_id") == (period_id or ""))["period_index"].to_list()
    return int(found[0]) if found else None


def by_attribution_rule(
    program: Program, inputs: Inputs, by_method: pl.DataFrame, shared: pl.DataFrame
) -> pl.DataFrame:
    """The primary pair in its window under each attribution rule; empty where nothing is to ask.

    `by_method` holds the cells of its customer metric by attribution method, `shared` those with
    events divided among all units that had a part in them.
    """
    if program.linkage is None or by_method.is_empty():
        return pl.DataFrame(schema=ATTRIBUTION_SCHEMA)
    pair, privacy = program.linkage.primary, program.privacy
    promised = privacy.thresholds.customer if privacy.suppression == "thresholds" else 1
    minimum = max(promised, pair.min_respondents.customer or 1)
    cells, options = _asked_of(program, pair, pair.window, inputs)
    return attribution_rules(cells, by_method, options, minimum, shared)


def with_response_weights(
    program: Program, inputs: Inputs, scored: Mapping[str, pl.DataFrame], people: pl.DataFrame
) -> pl.DataFrame:
    """Company means by employee metric and period, and the primary r, without and with weights.

    `scored` are all scored answers by metric, `people` everybody expected to answer.
    """
    asked = program.participation
    weights = weights_by_period(people, list(asked.columns), asked.cap)
    rows = list(mean_rows(scored, weights))
    if program.linkage is not None:
        pair = program.linkage.primary
        answers = inputs.answers.get(pair.x)
        if answers is not None and not answers.is_empty():
            cells, options = _asked_of(program, pair, pair.window, inputs)
            rows.append(link_row(cells, answers, weights, options))
    return pl.DataFrame(rows, schema=NONRESPONSE_SCHEMA)


def _asked_of(
    program: Program, pair: Pair, window: str, inputs: Inputs
) -> tuple[pl.DataFrame, dict[str, Any]]:
    """Cells of the pair in the window, and the program's options for them."""
    inside = inputs.periods
    if window != "pooled":
        inside = inside.filter(pl.col("period_id") == window)
    cells = inputs.panel.filter(
        (pl.col("pair_id") == pair.pair_id)
        & pl.col("period_id").is_in(inside["period_id"].implode())
    )
    return cells, _options(program, pair, window, inside, cells, inputs)


def _drivers(
    cells: pl.DataFrame, metric: Metric, inputs: Inputs, options: dict[str, Any]
) -> Linkage:
    """Shares of the metric's items; item means only where the metric itself is released."""
    items = inputs.item_answers.get(metric.id)
    if items is None or items.is_empty():
        items = pl.DataFrame(schema=dict.fromkeys(("unit_id", "period_id"), pl.String)
                             | dict.fromkeys(metric.items, pl.Float64))  # fmt: skip
    # an item that nobody answered in any period has no column: it is missing in every cell
    unasked = {item: pl.lit(None, pl.Float64) for item in metric.items if item not in items.columns}
    items = items.with_columns(**unasked)
    released = cells.filter(pl.col("mean_e").is_not_null()).select("unit_id", "period_id")
    inside = items.join(released, on=["unit_id", "period_id"], how="semi")
    means = inside.group_by("unit_id", "period_id").agg(pl.col(list(metric.items)).mean())
    panel = cells.join(means, on=["unit_id", "period_id"], how="left")
    # of the others only: with it no answer would be complete, and the items without noise
    asked = [item for item in metric.items if inside[item].count()]
    errors = item_error_sums(inside, asked) if asked else None
    levels: list[Literal["between", "within"]] = ["between"]
    if cells["period_id"].n_unique() > 1:
        levels.append("within")
    return combine(
        drivers(panel, items=list(metric.items), item_errors=errors, level=level, **options)
        for level in levels
    )


def _aggregation(
    cells: pl.DataFrame, pair: Pair, inputs: Inputs, options: dict[str, Any]
) -> Linkage:
    """Both voices; agreement inside teams where the employee metric has items of its own."""
    moments = inputs.item_moments.get(pair.x)
    return combine([
        aggregation(cells, side="e", item_moments=moments, **options),
        aggregation(cells, side="c", **options),
    ])  # fmt: skip


def _options(
    program: Program,
    pair: Pair,
    window: str,
    inside: pl.DataFrame,
    cells: pl.DataFrame,
    inputs: Inputs,
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
        "unit_y": "NPS points" if y.kind == "net_promoter" else "points",
        "per": "1 point of 100",
        "x_bounds": _bounds(x),
        "y_bounds": _bounds(y),
        "cluster": LEVEL_COLUMNS[declared.cluster],
        "weights": declared.weights,
        "expected_direction": declared.expected_direction,
        "sesoi": declared.smallest_effect,
        "sesoi_type": "r" if declared.smallest_effect_in == "r" else "slope",
        "n_shared_respondents": inputs.n_shared,
        "windows_overlap": dates_overlap(inside),
        "public_cells": program.privacy.suppression == "publisher",
        "seed": declared.seed,
        "window_id": window,
        "period_start": inside["period_start"].min(),
        "period_end": inside["period_end"].max(),
        **_people(declared, cells, inputs.answers.get(pair.x)),
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
    return {"respondent_overlap": "key", "overlap": respondent_sums(answers, _entering(cells))}


def _entering(cells: pl.DataFrame) -> pl.DataFrame:
    return cells.filter(pl.col("mean_e").is_not_null() & pl.col("mean_c").is_not_null())


def _bounds(metric: Metric) -> tuple[float, float]:
    return (-100.0, 100.0) if metric.kind == "net_promoter" else (0.0, 100.0)
