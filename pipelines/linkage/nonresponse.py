"""What response weights change: scores by wave and the primary link, without and with them.

Here: both numbers side by side, each with its interval. Not here: the weights
(``response_weights``) and released cells, which stay as answered, because sums of parts must make
their whole.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.linkage.between import between
from pipelines.linkage.intervals import t_quantile
from pipelines.linkage.response_weights import ResponseWeights, design_effect, response_weights

SCHEMA = {
    "quantity": pl.String(),
    "window_id": pl.String(),
    "x_measure": pl.String(),
    "y_measure": pl.String(),
    "n_units": pl.Int64(),
    "n_responses_x": pl.Int64(),
    "n_expected": pl.Int64(),
    "margins": pl.String(),
    "unweighted": pl.Float64(),
    "unweighted_low": pl.Float64(),
    "unweighted_high": pl.Float64(),
    "weighted": pl.Float64(),
    "weighted_low": pl.Float64(),
    "weighted_high": pl.Float64(),
    "design_effect": pl.Float64(),
    "share_capped": pl.Float64(),
    "guard_code": pl.String(),
}
NO_MARGINS = "no_margins"
"""Nothing is known of the people but that they answered, or all groups are too small."""
ZERO_WEIGHTS = "zero_weights"
"""The survey gives a weight of zero to everybody who answered."""


def weights_by_period(
    people: pl.DataFrame, margins: Sequence[str], cap: float
) -> dict[str, ResponseWeights]:
    """Weights of each period that has any, by period_id."""
    parts = people.partition_by("period_id", as_dict=True, maintain_order=True)
    found = {str(key[0]): response_weights(part, margins, cap) for key, part in parts.items()}
    return {period: weights for period, weights in found.items() if weights is not None}


def mean_rows(
    answers: Mapping[str, pl.DataFrame], weights: Mapping[str, ResponseWeights]
) -> Iterator[dict[str, Any]]:
    """Company means of each employee metric and period.

    `answers` hold period_id, respondent_key and score by metric. Intervals are of the mean of the
    people who answered (linearised for weights), with t on n - 1.
    """
    for metric, scored in answers.items():
        for (period,), part in sorted(scored.partition_by("period_id", as_dict=True).items()):
            known = weights.get(str(period))
            row = {"quantity": "mean", "window_id": period, "x_measure": metric,
                   "n_responses_x": part.height}  # fmt: skip
            row |= _estimate("unweighted", part["score"], None)
            if known is None:
                yield row | {"guard_code": NO_MARGINS}
                continue
            joined = part.join(
                known.people, left_on="respondent_key", right_on="person_number", how="inner"
            )
            if joined["weight"].sum() == 0:
                yield row | {"n_expected": known.n_expected, "guard_code": ZERO_WEIGHTS}
                continue
            row |= _estimate("weighted", joined["score"], joined["weight"])
            yield row | _about(known, joined["weight"])


def _estimate(name: str, score: pl.Series, weight: pl.Series | None) -> dict[str, float | None]:
    """A mean with its interval: sum of w (y - mean) squared, over the squared sum of w."""
    n = len(score)
    w = pl.Series([1.0]).new_from_index(0, n) if weight is None else weight
    total = float(w.sum())
    mean = float((w * score).sum()) / total
    if n < 2:
        return {name: mean}
    spread = float((w**2 * (score - mean) ** 2).sum())
    half = t_quantile(0.975, n - 1) * math.sqrt(spread * n / (n - 1)) / total
    return {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}


def _about(known: ResponseWeights, used: pl.Series) -> dict[str, Any]:
    return {
        "n_expected": known.n_expected,
        "margins": ", ".join(known.margins) or None,
        "design_effect": design_effect(used),
        "share_capped": known.share_capped,
    }


def link_row(
    panel: pl.DataFrame,
    answers: pl.DataFrame,
    weights: Mapping[str, ResponseWeights],
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """r of unit means of the primary pair, as answered and with weighted unit means.

    `panel` is the linkage panel of the pair in its window. Only cells it shows are weighted; their
    n is the effective one (Kish). A period without weights enters as answered; a cell whose answers
    all weigh zero has no weighted mean and is left out.
    """
    plain = _r_of(panel, options)
    row = {
        "quantity": "r",
        **{name: plain[name] for name in ("window_id", "x_measure", "y_measure", "n_units")},
        "n_responses_x": plain["n_responses_x"],
        "unweighted": plain["estimate"],
        "unweighted_low": plain["conf_low"],
        "unweighted_high": plain["conf_high"],
    }
    used = {p: w for p, w in weights.items() if p in set(panel["period_id"])}
    if not used:
        return row | {"guard_code": plain["guard_code"] or NO_MARGINS}
    if not any(w.people["weight"].sum() for w in used.values()):
        return row | {"guard_code": plain["guard_code"] or ZERO_WEIGHTS}
    cells = _weighted_cells(answers, used)
    found = _r_of(_with_employees(panel, cells), options)
    shares = [w.share_capped * w.people.height for w in used.values()]
    return row | {
        "n_expected": sum(w.n_expected for w in used.values()),
        "margins": ", ".join(dict.fromkeys(m for w in used.values() for m in w.margins)) or None,
        "weighted": found["estimate"],
        "weighted_low": found["conf_low"],
        "weighted_high": found["conf_high"],
        "design_effect": design_effect(pl.concat([w.people["weight"] for w in used.values()])),
        "share_capped": sum(shares) / sum(w.people.height for w in used.values()),
        "guard_code": found["guard_code"] if found["estimate"] is None else None,
    }


def _r_of(panel: pl.DataFrame, options: Mapping[str, Any]) -> dict[str, Any]:
    found = between(panel, **{**options, "primary": False}).estimates
    observed = found.filter(component="observed", effect_type="r")
    return (observed if observed.height else found).row(0, named=True)


def _weighted_cells(
    answers: pl.DataFrame, weights: Mapping[str, ResponseWeights]
) -> pl.DataFrame:
    """Weighted mean, variance and effective number of answers of each unit and period."""
    people = pl.concat(
        w.people.with_columns(pl.lit(period).alias("period_id")) for period, w in weights.items()
    )
    joined = answers.join(
        people, left_on=["period_id", "respondent_key"], right_on=["period_id", "person_number"]
    ).sort("unit_id", "period_id", "respondent_key")
    w, score = pl.col("weight"), pl.col("score")
    mean = (w * score).sum() / w.sum()
    n = pl.when(w.sum() > 0).then(w.sum() ** 2 / (w**2).sum()).otherwise(0.0)
    return joined.group_by("unit_id", "period_id", maintain_order=True).agg(
        n.alias("n"), pl.when(n > 0).then(mean).alias("mean"),
        pl.when(n > 1).then((w * (score - mean) ** 2).sum() / w.sum() * n / (n - 1))
        .alias("variance"),
    )  # fmt: skip


def _with_employees(panel: pl.DataFrame, cells: pl.DataFrame) -> pl.DataFrame:
    """The panel with weighted employee scores where it shows one."""
    joined = panel.join(cells, on=["unit_id", "period_id"], how="left", maintain_order="left")
    shown = pl.col("mean_e").is_not_null() & pl.col("n").is_not_null()
    return joined.with_columns(
        pl.when(shown).then(pl.col(new)).otherwise(pl.col(old)).alias(old)
        for old, new in (("n_e", "n"), ("mean_e", "mean"), ("var_e", "variance"))
    ).drop("n", "mean", "variance")
