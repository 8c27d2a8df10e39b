"""Within units: when a unit's employee score rises, does its customer score rise with it?

Here: slope and correlation of changes inside units, unit and period effects removed, observed and
corrected. Not here: which side moves first (``lag``) or differences between units (``between``).
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import polars as pl

from pipelines.linkage.correlation import repeated_measures_correlation
from pipelines.linkage.demeaning import remove_unit_and_period_means
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.hybrid import hybrid_rows
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import (
    Interval,
    atanh,
    corrected_slope_interval,
    known,
    t_interval,
    t_p_value,
    t_quantile,
    z_scale_interval,
)  # fmt: skip
from pipelines.linkage.overlapping_windows import overlapping_windows
from pipelines.linkage.panel import Cells
from pipelines.linkage.question import Question
from pipelines.linkage.repeats import without_repeats
from pipelines.linkage.sample_checks import (
    correction_inputs,
    least_square,
    people_findings,
    size_findings,
)  # fmt: skip
from pipelines.linkage.sampling_error import people_of, within_error
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.sums import Jackknife, jackknife, sums_by
from pipelines.linkage.unit_moments import cluster_df
from pipelines.linkage.wording import counted, level_names

SLOPE, Z, SLOPE_TRUE, Z_TRUE, REL_X, REL_Y, SXY, VAR_TRUE, LOW, HIGH = range(10)
MIN_SIGNAL_T, MIN_SHARE, MIN_RELIABLE, MIN_UNITS_3 = 4.0, 0.2, 0.5, 30


def within(panel: pl.DataFrame | pl.LazyFrame, **options: Unpack[Options]) -> Linkage:
    """Link between changes of the two scores inside the same unit.

    Measures how much higher customers score in periods when the same unit's employees score one
    point higher, after unit and period means are removed. It misleads when team scores hardly move
    beyond sampling noise (the observed slope is then far too small), when the same people answer
    every time and that is not known, and when a third cause moves both.

    ``b = sum xy / sum x^2`` over two-way residuals; ``b* = sum xy / (sum x^2 - E)`` with E the
    sampling error of within-unit deviations; Fieller interval, delete-one-cluster jackknife (Fuller
    1987; MacKinnon, Nielsen and Webb 2023). The corrected row needs ``signal_t >= 4`` and at least
    a fifth of the movement to be real; it is also printed with E 5% smaller and larger. The
    ``rmcorr`` row (Bakdash and Marusich 2017) and the ``hybrid`` rows (within, between and
    contextual slope of one mixed model) are descriptive. With ``respondent_overlap="unknown"``
    only the observed row and a bracket are given.

    >>> rng = np.random.default_rng(2)
    >>> move = rng.normal(0, 5, (60, 8))
    >>> panel = pl.DataFrame({
    ...     "unit_id": np.repeat([f"u{i:02d}" for i in range(60)], 8),
    ...     "location_id": np.repeat([f"l{i // 3:02d}" for i in range(60)], 8),
    ...     "period_id": np.tile(list("abcdefgh"), 60),
    ...     "n_e": 12, "mean_e": (60 + move + rng.normal(0, 3, (60, 8))).ravel(), "var_e": 108.0,
    ...     "n_c": 40, "mean_c": (30 + move + rng.normal(0, 6, (60, 8))).ravel(), "var_c": 1440.0})
    >>> result = within(panel, respondent_overlap="none")
    >>> row = result.row(component="corrected", effect_type="slope")
    >>> row["verdict"], round(row["estimate"], 2), round(row["signal_t"], 1)
    ('supported', 0.95, 4.2)
    """
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    cells, repeated = without_repeats(cells, settings)
    question = Question("within", "unit_period", settings, cells)
    question.find(findings, repeated, period_findings(cells, settings))
    sizes = np.bincount(cells.cluster, minlength=max(cells.n_clusters, 1))
    question.find(
        size_findings(cells, sizes),
        correction_inputs(cells, settings, within=True),
        people_findings(people_of(cells, settings) is not None, settings),
    )
    if cells.n_clusters < 2 or cells.n_cells <= cells.n_units + cells.n_periods:
        _empty(question)
        return question.result()
    jack = within_jackknife(cells, settings)
    df = cluster_df(cells, sizes, settings)
    if not np.isfinite(jack.estimate[SLOPE]):
        _empty(question)
        return question.result()
    _gates(question, jack)
    _observed_rows(question, jack, df, cells)
    _corrected_rows(question, jack, df)
    hybrid_rows(question, cells)
    return question.result()


def period_findings(cells: Cells, settings: Settings) -> list[Finding]:
    """Periods per unit: three for 30 units; two are one change per unit."""
    found = overlapping_windows(cells, settings)
    per_unit = cells.periods_per_unit
    three, two = int((per_unit >= 3).sum()), int((per_unit >= 2).sum())
    if cells.n_periods < 2 or two < 20:
        found.append(Finding(
            code="too_few_periods", severity="refuse", value=float(cells.n_periods), threshold=3.0,
            n_affected=two, n_total=cells.n_units,
            message=f"There {'is' if cells.n_periods == 1 else 'are'} "
            f"{counted(cells.n_periods, 'period')}; {counted(two, 'unit')} with two or more, and "
            "20 are needed.",
        ))  # fmt: skip
    elif three < MIN_UNITS_3:
        found.append(Finding(
            code="two_periods", severity="warn", value=float(three), threshold=float(MIN_UNITS_3),
            n_affected=three, n_total=cells.n_units,
            message=f"Units with three or more periods: {three}; changes are mostly single.",
        ))  # fmt: skip
    return found


def _empty(question: Question) -> None:
    if not question.is_stopped():
        question.find(Finding(
            code="no_within_variation", severity="refuse",
            message="Nothing moves within units once unit and period means are removed.",
        ))  # fmt: skip
    for component in ("observed", "corrected"):
        for effect_type in ("slope", "r"):
            question.row(component, effect_type, method="two_way_fe")


def within_jackknife(cells: Cells, settings: Settings) -> Jackknife:
    """Slope, r, corrected values and reliabilities of two-way residuals, jackknifed."""
    x, y = (
        remove_unit_and_period_means(v, cells.unit, cells.period, cells.n_units, cells.n_periods)
        for v in (cells.x, cells.y)
    )
    error_x, error_y = within_error(cells, settings, "x"), within_error(cells, settings, "y")
    moments = sums_by(cells.cluster, cells.n_clusters, x * x, x * y, y * y)
    errors = sums_by(cells.unit_cluster, cells.n_clusters, *error_x.columns, *error_y.columns)
    last = 3 + len(error_x.columns)
    least_x, least_y = least_square(cells.x), least_square(cells.y)

    def statistic(s: np.ndarray) -> np.ndarray:
        # rounding error of a score that does not move is no movement
        sxx, sxy = np.where(s[..., 0] > least_x, s[..., 0], np.nan), s[..., 1]
        syy = np.where(s[..., 2] > least_y, s[..., 2], np.nan)
        sxy = np.where(np.isnan(syy), np.nan, sxy)
        noise_x, noise_y = error_x.total(s[..., 3:last]), error_y.total(s[..., last:])
        true_x, true_y = sxx - noise_x, syy - noise_y
        r_true = sxy / np.sqrt(np.where((true_x > 0) & (true_y > 0), true_x * true_y, np.nan))
        return np.stack([
            sxy / sxx, atanh(sxy / np.sqrt(sxx * syy)), sxy / true_x,
            np.arctanh(np.where(np.abs(r_true) < 1, r_true, np.nan)), true_x / sxx, true_y / syy,
            sxy, true_x, sxy / (sxx - 0.95 * noise_x), sxy / (sxx - 1.05 * noise_x),
        ], axis=-1)  # fmt: skip

    return jackknife(np.hstack([moments, errors]), statistic)


def signal_t(jack: Jackknife, place: int = VAR_TRUE) -> float:
    """True variance over its jackknife SE: whether there is anything left to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(jack.estimate[place] / jack.std_error[place])


def _gates(question: Question, jack: Jackknife) -> None:
    if question.is_stopped("corrected"):
        return
    value, signal = jack.estimate, signal_t(jack)
    if not signal >= MIN_SIGNAL_T or value[REL_X] < MIN_SHARE:
        # a sum over clusters cannot be further from zero than this, however reliable its parts are
        most = jack.n_clusters / np.sqrt(jack.n_clusters - 1)
        why = (
            "Team scores hardly move beyond what the answers per period would move by chance"
            if value[REL_X] < MIN_RELIABLE else
            f"The movement of team scores is carried by too few of the {jack.n_clusters} "
            f"{level_names(question.base['cluster'])[1]}"
        )  # fmt: skip
        question.find(Finding(
            code="low_reliability", severity="refuse", component="corrected", value=signal,
            threshold=MIN_SIGNAL_T,
            message=f"{why} (reliability of change {value[REL_X]:.2f}, signal t {signal:.2f} of at "
            f"most {most:.2f}, {MIN_SIGNAL_T:g} needed); a null here says little.",
        ))  # fmt: skip
        return
    bad = not np.isfinite(value[Z_TRUE]) or not np.isfinite(jack.replicates[:, Z_TRUE]).all()
    if bad:
        question.find(Finding(
            code="not_estimable", severity="refuse", component="corrected:r",
            value=known(value[REL_Y]),
            message="Not estimable: without sampling noise no movement of the customer score is "
            "left, or the correlation would pass 1.",
        ))  # fmt: skip


def _shared(question: Question, jack: Jackknife, df: float) -> dict[str, Any]:
    with np.errstate(divide="ignore", invalid="ignore"):
        statistic = float(jack.estimate[SLOPE] / jack.std_error[SLOPE])
    return {"p_value": t_p_value(statistic, df), "statistic": statistic, "df": df,
            "method": "two_way_fe"}  # fmt: skip


def _observed_rows(question: Question, jack: Jackknife, df: float, cells: Cells) -> None:
    settings, value, error = question.settings, jack.estimate, jack.std_error
    shared = _shared(question, jack, df)
    sesoi = {settings.sesoi_type: settings.sesoi}
    question.row(
        "observed", "slope", sesoi=sesoi.get("slope"), estimate=float(value[SLOPE]),
        interval=t_interval(value[SLOPE], error[SLOPE], df, settings.conf_level),
        std_error=float(error[SLOPE]), conf_method="cv3_t", mde=question.mde(error[SLOPE], df),
        reliability=known(value[REL_X]), signal_t=known(signal_t(jack)), **shared,
    )  # fmt: skip
    q = t_quantile(0.5 + settings.conf_level / 2, df)
    question.row(
        "observed", "r", sesoi=sesoi.get("r"), estimate=float(np.tanh(value[Z])),
        interval=z_scale_interval(np.tanh(value[Z]), error[Z], q), std_error=float(error[Z]),
        conf_method="cv3_t", mde=float(np.tanh(question.mde(error[Z], df))), **shared,
    )  # fmt: skip
    plain = repeated_measures_correlation(
        cells.unit, cells.x, cells.y, conf_level=settings.conf_level
    )
    question.row(
        "observed", "r", interval=Interval(plain.conf_low, plain.conf_high),
        estimate=plain.estimate, std_error=float(1 / np.sqrt(max(plain.df - 1, 1))),
        conf_method="fisher_z", **shared | {"method": "rmcorr", "df": float(plain.df)},
    )  # fmt: skip


def _corrected_rows(question: Question, jack: Jackknife, df: float) -> None:
    settings, value, error = question.settings, jack.estimate, jack.std_error
    shared = _shared(question, jack, df)
    sesoi = {settings.sesoi_type: settings.sesoi}
    q, q90 = t_quantile(0.5 + settings.conf_level / 2, df), t_quantile(0.95, df)
    cov = jack.cov[np.ix_([SXY, VAR_TRUE], [SXY, VAR_TRUE])]
    ends = corrected_slope_interval(value[SXY], value[VAR_TRUE], cov, df, settings.conf_level)
    question.row(
        "corrected", "slope", sesoi=sesoi.get("slope"), estimate=known(value[SLOPE_TRUE]),
        std_error=known(error[SLOPE_TRUE]), reliability=known(value[REL_X]),
        mde=question.mde(error[SLOPE_TRUE], df), signal_t=known(signal_t(jack)), **ends, **shared,
    )  # fmt: skip
    r_true = float(np.tanh(value[Z_TRUE]))
    narrow = z_scale_interval(r_true, error[Z_TRUE], q90)
    question.row(
        "corrected", "r", interval=z_scale_interval(r_true, error[Z_TRUE], q),
        sesoi=sesoi.get("r"), estimate=known(r_true), std_error=known(error[Z_TRUE]),
        conf_method="cv3_t", equivalence_low=narrow.low, equivalence_high=narrow.high,
        mde=float(np.tanh(question.mde(error[Z_TRUE], df))), **shared,
    )  # fmt: skip
    for component, place in (("reliability_x", REL_X), ("reliability_y", REL_Y)):
        question.row(
            component, "index", estimate=known(value[place]), std_error=known(error[place]), df=df,
            interval=t_interval(value[place], error[place], df, settings.conf_level),
            conf_method="cv3_t", method="two_way_fe",
        )  # fmt: skip
    _bounds(question, value)


def _bounds(question: Question, value: np.ndarray) -> None:
    """Sensitivity of a corrected slope, or the bracket when overlap is unknown."""
    if not question.is_stopped("corrected", "slope"):
        for component, place in (("sensitivity_low", LOW), ("sensitivity_high", HIGH)):
            question.row(component, "slope", estimate=known(value[place]), method="two_way_fe")
        if value[LOW] * value[HIGH] <= 0 or abs(value[HIGH] / value[LOW] - 1) > 0.5:
            question.find(Finding(
                code="estimate_sensitive", severity="warn", component="corrected:slope",
                message=f"With sampling error 5% smaller or larger the corrected slope is "
                f"{value[LOW]:.2f} or {value[HIGH]:.2f}.",
            ))  # fmt: skip
    elif any(f.code == "overlap_unknown" for f in question.findings) and not question.is_stopped():
        ends = sorted((float(value[SLOPE]), float(value[SLOPE_TRUE])))
        if value[VAR_TRUE] > 0:
            question.row(
                "bracket", "slope", interval=Interval(ends[0], ends[1]), conf_method="bounds",
                estimate=float(value[SLOPE]), method="two_way_fe",
            )  # fmt: skip
