"""Between units: do units with happier employees have happier customers?

Here: slope, correlation and rank correlation across unit means, observed and corrected for sampling
error, with their reliabilities. Not here: change over time inside units (``within``) or covariates
(``adjusted``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Unpack

import numpy as np
import polars as pl

from pipelines.linkage.between_checks import between_findings
from pipelines.linkage.correlation import pearson, rank_correlation_influence, spearman
from pipelines.linkage.demeaning import group_means
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import (
    Interval,
    corrected_slope_interval,
    known,
    t_interval,
    t_p_value,
    t_quantile,
    z_scale_interval,
)  # fmt: skip
from pipelines.linkage.moderation import headcount_moderation
from pipelines.linkage.panel import Cells
from pipelines.linkage.question import Question
from pipelines.linkage.sample_checks import (
    ceiling_findings,
    correction_inputs,
    is_flat,
    people_findings,
    size_findings,
    variance_findings,
    weight_findings,
)  # fmt: skip
from pipelines.linkage.sampling_error import people_of
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.sums import jackknife
from pipelines.linkage.unit_moments import (
    COV,
    REL_X,
    REL_Y,
    SLOPE,
    SLOPE_TRUE,
    VAR_TRUE,
    Z_TRUE,
    UnitMeans,
    Z,
    between_sums,
    cluster_df,
    unit_averages,
)
from pipelines.linkage.verdicts import settle
from pipelines.linkage.weighting import unit_weights


def between(panel: pl.DataFrame | pl.LazyFrame, **options: Unpack[Options]) -> Linkage:
    """Link between unit averages of the employee and the customer score.

    Measures how much higher customers score in units whose employees score one point higher, over
    the window's average, after period means are removed. It misleads when read as more than a
    comparison of units: it says nothing about single employees (Robinson 1950), nor about what
    happens when a unit's score changes (use ``within``), and units may differ in other ways (use
    ``adjusted``).

    With C the moments of unit means and E their mean sampling variances: observed ``b = Cxy/Cxx``,
    ``r = Cxy / sqrt(Cxx Cyy)``; corrected ``b* = Cxy/(Cxx - Ex)`` and
    ``r* = Cxy / sqrt((Cxx - Ex)(Cyy - Ey))`` (Spearman 1904; Fuller 1987). Standard errors
    leave out one cluster at a time; the corrected slope has a Fieller interval; p comes from
    the observed slope, because a correction adds no evidence. ``correction="full"`` takes
    E (1 - 1/units).

    Options are those of ``Settings``. Returns rows for slope and r (observed, corrected), Spearman,
    reliabilities, a Fisher-z row when every unit is its own cluster, and, where small units were
    suppressed, the change of the slope with the headcount of the units kept.

    >>> rng = np.random.default_rng(1)
    >>> level = np.repeat(rng.normal(0, 1, 60), 4)
    >>> panel = pl.DataFrame({
    ...     "unit_id": np.repeat([f"u{i:02d}" for i in range(60)], 4),
    ...     "location_id": np.repeat([f"l{i // 3:02d}" for i in range(60)], 4),
    ...     "period_id": np.tile(["a", "b", "c", "d"], 60),
    ...     "n_e": 12, "mean_e": 60 + 5 * level + rng.normal(0, 3, 240), "var_e": 108.0,
    ...     "n_c": 40, "mean_c": 30 + 4 * level + rng.normal(0, 6, 240), "var_c": 1440.0})
    >>> result = between(panel, x_measure="esat", y_measure="nps", respondent_overlap="none")
    >>> row = result.row(component="corrected", effect_type="slope")
    >>> row["verdict"], round(row["estimate"], 2), row["n_clusters"]
    ('supported', 0.85, 20)
    """
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    question = Question("between", "unit", settings, cells, weighted=True)
    question.find(findings, weight_findings(cells, settings))
    means = _means(cells, settings, question)
    if means is not None and not question.is_stopped():
        question.find(between_findings(question, means))
    _rows(question, means)
    if means is not None:
        _other_weights(question, cells, means)
    moderated = headcount_moderation(cells, settings, findings)
    parts = [q.parts() for q in (question, moderated) if q is not None]
    return settle(
        [r for rows, _ in parts for r in rows], [g for _, guards in parts for g in guards]
    )


def _means(cells: Cells, settings: Settings, question: Question) -> UnitMeans | None:
    """Unit means and their jackknife; ``None`` when there is nothing to compute from."""
    sizes = np.bincount(cells.unit_cluster, minlength=max(cells.n_clusters, 1))
    question.find(size_findings(cells, sizes))
    if cells.n_units < 3 or cells.n_clusters < 2:
        return None
    x, y = unit_averages(cells)
    question.find(
        variance_findings(x, y, cells.x, cells.y),
        ceiling_findings(group_means(cells.x, cells.unit, cells.n_units),
                         group_means(cells.y, cells.unit, cells.n_units), settings),
        correction_inputs(cells, settings, within=False),
        people_findings(people_of(cells, settings) is not None, settings),
    )  # fmt: skip
    if is_flat(x, cells.x) or is_flat(y, cells.y):
        return None
    weight = unit_weights(cells, settings)
    sums, statistic = between_sums(cells, settings, x, y, weight)
    return UnitMeans(x, y, weight, jackknife(sums, statistic), cluster_df(cells, sizes, settings))


def _other_weights(question: Question, cells: Cells, means: UnitMeans) -> None:
    """The slope with credibility weights, where it differs by more than one standard error."""
    if question.settings.weights != "equal" or not cells.errors_known or question.is_stopped():
        return
    settings = replace(question.settings, weights="credibility")
    weight = unit_weights(cells, settings)
    sums, statistic = between_sums(cells, settings, means.x, means.y, weight)
    other = float(statistic(sums.sum(axis=0))[SLOPE])
    if abs(other - means.jack.estimate[SLOPE]) <= means.jack.std_error[SLOPE]:
        return
    question.find(Finding(
        code="weights_matter", severity="warn", value=other,
        message=f"With credibility weights the observed slope is {other:.2f}, more than one "
        "standard error away.",
    ))  # fmt: skip
    question.row("credibility_weighted", "slope", estimate=other, method="unit_means")
    question.rows[-1]["weights"] = "credibility"


def _rows(question: Question, means: UnitMeans | None) -> None:
    if means is None:
        for component in ("observed", "corrected"):
            for effect_type in ("slope", "r"):
                question.row(component, effect_type, method="unit_means")
        return
    settings, jack, df = question.settings, means.jack, means.df
    value, error = jack.estimate, jack.std_error
    q = t_quantile(0.5 + settings.conf_level / 2, df)
    statistic = float(value[SLOPE] / error[SLOPE]) if error[SLOPE] > 0 else float("nan")
    shared = {"p_value": t_p_value(statistic, df), "df": df, "method": "unit_means"}
    sesoi: dict[str, float] = {settings.sesoi_type: settings.sesoi}
    slope = {"sesoi": sesoi.get("slope"), "statistic": statistic}
    correlation = {"sesoi": sesoi.get("r"), "statistic": statistic}
    question.row(
        "observed", "slope",
        interval=t_interval(value[SLOPE], error[SLOPE], df, settings.conf_level),
        estimate=float(value[SLOPE]), std_error=float(error[SLOPE]), conf_method="cv3_t",
        mde=question.mde(error[SLOPE], df), reliability=known(value[REL_X]), **shared, **slope,
    )  # fmt: skip
    question.row(
        "observed", "r", interval=z_scale_interval(np.tanh(value[Z]), error[Z], q),
        estimate=float(np.tanh(value[Z])), std_error=float(error[Z]), conf_method="cv3_t",
        mde=float(np.tanh(question.mde(error[Z], df))), **shared, **correlation,
    )  # fmt: skip
    _plain_rows(question, means, shared)
    _corrected_rows(question, means, shared, sesoi)
    _reliability_rows(question, means)


def _corrected_rows(
    question: Question, means: UnitMeans, shared: dict[str, Any], sesoi: dict[str, float]
) -> None:
    settings, jack, df = question.settings, means.jack, means.df
    value, error = jack.estimate, jack.std_error
    q, q90 = t_quantile(0.5 + settings.conf_level / 2, df), t_quantile(0.95, df)
    cov = jack.cov[np.ix_([COV, VAR_TRUE], [COV, VAR_TRUE])]
    ends = corrected_slope_interval(value[COV], value[VAR_TRUE], cov, df, settings.conf_level)
    question.row(
        "corrected", "slope", estimate=known(value[SLOPE_TRUE]),
        std_error=known(error[SLOPE_TRUE]), mde=question.mde(error[SLOPE_TRUE], df),
        reliability=known(value[REL_X]), sesoi=sesoi.get("slope"), **ends, **shared,
    )  # fmt: skip
    r_true = np.tanh(value[Z_TRUE])
    narrow = z_scale_interval(r_true, error[Z_TRUE], q90)
    question.row(
        "corrected", "r", interval=z_scale_interval(r_true, error[Z_TRUE], q),
        estimate=known(r_true), std_error=known(error[Z_TRUE]), conf_method="cv3_t",
        equivalence_low=narrow.low, equivalence_high=narrow.high,
        mde=float(np.tanh(question.mde(error[Z_TRUE], df))), **shared, sesoi=sesoi.get("r"),
    )  # fmt: skip


def _plain_rows(question: Question, means: UnitMeans, shared: dict[str, Any]) -> None:
    """Rank correlation always; the textbook interval of r only where units are independent."""
    settings, n = question.settings, len(means.x)
    own_cluster = question.base["cluster"] == "unit_id"
    ranked = spearman(means.x, means.y, conf_level=settings.conf_level)
    interval, method = Interval(ranked.conf_low, ranked.conf_high), "bonett_wright"
    error = float(np.sqrt((1 + ranked.estimate**2 / 2) / max(n - 3, 1)))
    codes = question.unit_cluster
    if not own_cluster and codes is not None:
        influence = rank_correlation_influence(means.x, means.y)
        by_cluster = np.bincount(codes, weights=influence) / n
        n_clusters = len(by_cluster)
        raw = np.sqrt(n_clusters / (n_clusters - 1) * (by_cluster**2).sum())
        error = float(raw / max(1 - ranked.estimate**2, 1e-12))
        quantile = t_quantile(0.5 + settings.conf_level / 2, means.df)
        interval, method = z_scale_interval(ranked.estimate, error, quantile), "cluster_influence_t"
    question.row(
        "observed", "r", interval=interval, estimate=ranked.estimate, std_error=error,
        conf_method=method, **shared | {"method": "spearman", "df": float(ranked.df)
                                        if own_cluster else means.df},
    )  # fmt: skip
    if own_cluster and settings.weights == "equal":
        plain = pearson(means.x, means.y, conf_level=settings.conf_level)
        question.row(
            "observed", "r", interval=Interval(plain.conf_low, plain.conf_high),
            estimate=plain.estimate, std_error=float(1 / np.sqrt(max(n - 3, 1))),
            conf_method="fisher_z", **shared | {"method": "pearson", "df": float(plain.df)},
        )  # fmt: skip


def _reliability_rows(question: Question, means: UnitMeans) -> None:
    level, jack = question.settings.conf_level, means.jack
    for component, place in (("reliability_x", REL_X), ("reliability_y", REL_Y)):
        if question.is_stopped("corrected") and not np.isfinite(jack.estimate[place]):
            question.row("corrected", "index", method="unit_means", term=component)
            continue
        question.row(
            component, "index", estimate=known(jack.estimate[place]), df=means.df,
            std_error=known(jack.std_error[place]), conf_method="cv3_t", method="unit_means",
            interval=t_interval(jack.estimate[place], jack.std_error[place], means.df, level),
        )  # fmt: skip
