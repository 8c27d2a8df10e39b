"""Practical contrasts: the top quarter of units against the bottom quarter, and one step of x.

Here: differences between groups of units made by their employee score, and the same link expressed
per standard deviation. Not here: any new evidence; contrasts restate the between link.
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from pipelines.linkage.demeaning import group_means, remove_means
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import known, t_interval, t_p_value
from pipelines.linkage.panel import Cells
from pipelines.linkage.question import Question
from pipelines.linkage.sample_checks import correction_inputs, size_findings, variance_findings
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.sums import Jackknife, jackknife, sums_by
from pipelines.linkage.unit_moments import (
    REL_X,
    SLOPE_TRUE,
    between_sums,
    cluster_df,
    unit_averages,
)
from pipelines.linkage.verdicts import settle

MIN_UNITS, MIN_GROUP = 40, 10
NORMAL_QUARTER_GAP = 2.542
"""Distance between the means of the outer quarters of a normal distribution, in SDs."""


def quarter_cuts(values: np.ndarray) -> tuple[float, float]:
    """Lower and upper quartile (type 7, as most software does).

    >>> quarter_cuts(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    (2.0, 4.0)
    """
    low, high = np.quantile(values, [0.25, 0.75])
    return float(low), float(high)


def contrast(panel: pl.DataFrame | pl.LazyFrame, **options: Unpack[Options]) -> Linkage:
    """Customer score of the units with the highest employee scores less that of the lowest.

    Measures the difference between measured groups. It misleads as a promise: part of the top
    group is there by luck of the draw, and units differ in other ways. The noise-free contrast
    ``2.54 b* SD(true x)`` (normal scores) is printed beside it, and a split that ranks on odd and
    measures on even periods, which shares no noise.

    ``mean y (x >= upper quartile) - mean y (x <= lower quartile)``: cuts of unit means of type 7
    (Hyndman and Fan 1996), ties together; SE leaves out one cluster at a time and keeps the cuts
    (MacKinnon, Nielsen and Webb 2023).

    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(60, 5, 80)
    >>> panel = pl.DataFrame({"unit_id": [f"u{i:02d}" for i in range(80)],
    ...     "location_id": [f"l{i % 20:02d}" for i in range(80)], "period_id": "p1",
    ...     "mean_e": x, "mean_c": 2 * x + rng.normal(0, 5, 80)})
    >>> row = contrast(panel).row(component="observed", effect_type="difference")
    >>> round(row["estimate"], 1), row["verdict"]
    (21.5, 'supported')
    """
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    question = Question(
        "contrast", "unit", settings, cells, term="top_quarter_minus_bottom_quarter"
    )
    sizes = np.bincount(cells.unit_cluster, minlength=max(cells.n_clusters, 1))
    question.find(findings, size_findings(cells, sizes, min_units=MIN_UNITS))
    x = group_means(cells.x, cells.unit, cells.n_units)
    y = group_means(cells.y, cells.unit, cells.n_units)
    question.find(variance_findings(*unit_averages(cells), cells.x, cells.y))
    top, bottom = _groups(x)
    if not question.is_stopped() and min(top.sum(), bottom.sum()) < MIN_GROUP:
        question.find(Finding(
            code="single_group", severity="refuse", value=float(min(top.sum(), bottom.sum())),
            threshold=float(MIN_GROUP), message="Ties leave a quarter with fewer than 10 units.",
        ))  # fmt: skip
    if question.is_stopped():
        question.row("observed", "difference", method="quartiles")
        question.row("corrected", "difference", method="quartiles")
        return question.result()
    df = cluster_df(cells, sizes, settings)
    jack = _difference(cells.unit_cluster, cells.n_clusters, y, top, bottom)
    _difference_row(question, jack, df, "quartiles", tested=True)
    _truth_row(question, cells, df)
    split = _split_rows(cells, settings)
    if split is not None:
        _difference_row(question, split, df, "quartiles_split_periods", tested=False)
    rows, guards = question.parts()
    return settle(rows, guards)


def _groups(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(x):
        return np.zeros(0, bool), np.zeros(0, bool)
    low, high = quarter_cuts(x)
    return x >= high, x <= low


def _difference(
    cluster: np.ndarray, n_clusters: int, y: np.ndarray, top: np.ndarray, bottom: np.ndarray
) -> Jackknife:
    """Mean of y in the top group less the bottom group; cuts stay those of all units."""
    columns = [top.astype(float), top * y, bottom.astype(float), bottom * y]
    sums = sums_by(cluster, n_clusters, *columns)
    return jackknife(
        sums, lambda s: (s[..., 1] / s[..., 0] - s[..., 3] / s[..., 2])[..., np.newaxis]
    )


def _difference_row(
    question: Question, jack: Jackknife, df: float, method: str, *, tested: bool
) -> None:
    value, error = float(jack.estimate[0]), float(jack.std_error[0])
    question.row(
        "observed" if tested else "split_periods", "difference", estimate=known(value),
        interval=t_interval(value, error, df, question.settings.conf_level),
        std_error=known(error), df=df, statistic=known(value / error) if error else None,
        p_value=t_p_value(value / error, df) if tested and error else None, conf_method="cv3_t",
        mde=question.mde(error, df), method=method,
    )  # fmt: skip


def _truth_row(question: Question, cells: Cells, df: float) -> None:
    """The contrast between truly high and low units, and the link per true SD."""
    settings = question.settings
    question.find(correction_inputs(cells, settings, within=False))
    x, y = unit_averages(cells)
    sums, statistic = between_sums(cells, settings, x, y, np.ones(cells.n_units))

    def gaps(s: np.ndarray) -> np.ndarray:
        value = statistic(s)
        true_sd = np.sqrt(np.maximum(value[..., 7], 0.0))
        step = value[..., SLOPE_TRUE] * true_sd
        return np.stack([NORMAL_QUARTER_GAP * step, step, value[..., REL_X]], axis=-1)

    jack = jackknife(sums, gaps)
    if not question.is_stopped("corrected") and not jack.estimate[2] >= 0.5:
        question.find(Finding(
            code="low_reliability", severity="refuse", component="corrected",
            value=known(jack.estimate[2]), threshold=0.5,
            message="Unit means of the employee score are too noisy for a noise-free contrast.",
        ))  # fmt: skip
    for place, effect_type in ((0, "difference"), (1, "std_slope")):
        value, error = float(jack.estimate[place]), float(jack.std_error[place])
        question.row(
            "corrected", effect_type, estimate=known(value), std_error=known(error), df=df,
            interval=t_interval(value, error, df, settings.conf_level), conf_method="cv3_t",
            method="normal_quarters" if place == 0 else "unit_means",
        )  # fmt: skip


def _split_rows(cells: Cells, settings: Settings) -> Jackknife | None:
    """Rank on odd periods, measure on even ones; units need both."""
    if cells.n_periods < 2:
        return None
    odd = cells.period % 2 == 0
    dx = remove_means(cells.x, cells.period, cells.n_periods)
    dy = remove_means(cells.y, cells.period, cells.n_periods)
    x = group_means(dx[odd], cells.unit[odd], cells.n_units)
    y = group_means(dy[~odd], cells.unit[~odd], cells.n_units)
    both = (np.bincount(cells.unit[odd], minlength=cells.n_units) > 0) & (
        np.bincount(cells.unit[~odd], minlength=cells.n_units) > 0
    )
    if both.sum() < MIN_UNITS:
        return None
    top, bottom = _groups(x[both])
    return _difference(cells.unit_cluster[both], cells.n_clusters, y[both], top, bottom)
