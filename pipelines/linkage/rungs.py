"""One rung of the adjusted ladder: the between or within slope with something held fixed.

Here: the three kinds of rung (columns partialled out of unit means, location means removed, two-way
residuals) and their rows. Not here: which rungs there are (``adjusted``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from pipelines.linkage.correlation import partial_correlation
from pipelines.linkage.covariates import Design
from pipelines.linkage.disclosure import dominance
from pipelines.linkage.guards import Finding
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
from pipelines.linkage.panel import Cells
from pipelines.linkage.power import robustness_value
from pipelines.linkage.products import partial_out, product_columns, symmetric
from pipelines.linkage.question import Question
from pipelines.linkage.repeats import without_repeats
from pipelines.linkage.sample_checks import (
    correction_inputs,
    people_findings,
    size_findings,
    variance_findings,
    weight_findings,
)  # fmt: skip
from pipelines.linkage.sampling_error import between_error, people_of
from pipelines.linkage.settings import Settings
from pipelines.linkage.sums import Jackknife, jackknife, sums_by
from pipelines.linkage.unit_moments import cluster_df, unit_averages
from pipelines.linkage.weighting import unit_weights
from pipelines.linkage.within import period_findings, within_jackknife

SLOPE, Z, SLOPE_TRUE, SXY, VAR_TRUE, SHARE_TRUE = range(6)
MIN_RELIABILITY, MIN_SIGNAL_T, MIN_SHARE = 0.5, 4.0, 0.2


def unit_rung(
    cells: Cells, settings: Settings, findings: list[Finding], label: str, design: Design,
    *, outcome: np.ndarray | None = None, method: str = "partialled_sums",
) -> Question:  # fmt: skip
    """Slope over unit means with columns partialled out; the raw rung repeats ``between``.

    ``outcome`` replaces the customer score of each unit (one value per unit, in code order).
    """
    question = _open(cells, settings, findings + design.findings, label)
    if cells.n_units < 3 + design.columns.shape[1] or cells.n_clusters < 2:
        return _nothing(question, method)
    x, y = unit_averages(cells)
    y = y if outcome is None else outcome
    question.find(variance_findings(x, y, cells.x, cells.y if outcome is None else outcome))
    weight = unit_weights(cells, settings)
    columns = np.column_stack([np.ones(cells.n_units), design.columns, x, y])
    p = columns.shape[1]
    error = between_error(cells, settings, "x", weight)
    products = product_columns(columns * np.sqrt(weight)[:, None])
    sums = sums_by(
        cells.unit_cluster, cells.n_clusters, *products, weight**2, *error.columns
    )  # fmt: skip
    last = len(products)

    def statistic(s: np.ndarray) -> np.ndarray:
        full = symmetric(s[..., :last], p)
        left = partial_out(full, p - 2)
        noise = error.total(s[..., last + 1 :])
        if settings.correction == "full":
            # equal weights: each fitted column takes 1/n of the error
            noise = noise * (1 - (p - 2) * s[..., last] / full[..., 0, 0] ** 2)
        return _values(left[..., 0, 0], left[..., 0, 1], left[..., 1, 1], noise)

    question.find(dominance(_leverage(columns[:, :-1], weight), settings))
    sizes = np.bincount(cells.unit_cluster, minlength=cells.n_clusters)
    jack = jackknife(sums, statistic)
    _rows(question, jack, cluster_df(cells, sizes, settings), method, tested=label != "period")
    if label != "period" and question.base["cluster"] == "unit_id" and (weight == 1).all():
        _partial_row(question, x, y, design.columns, jack, cluster_df(cells, sizes, settings))
    return question


def _leverage(columns: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Each unit's part of what is left of x (the last column) after the others."""
    root = np.sqrt(weight)[:, None]
    held, x = columns[:, :-1] * root, columns[:, -1] * root[:, 0]
    return (x - held @ np.linalg.lstsq(held, x, rcond=None)[0]) ** 2


def location_rung(
    cells: Cells, settings: Settings, findings: list[Finding], location: str
) -> Question:
    """Slope over unit means less the mean of their location."""
    question = _open(cells, settings, findings, f"period,{location}")
    if cells.n_clusters < 2:
        return _nothing(question, "partialled_sums")
    x, y = unit_averages(cells)
    first = np.searchsorted(cells.unit, np.arange(cells.n_units))
    _, place = np.unique(
        cells.frame[location].cast(pl.String).fill_null("").gather(first).to_numpy(),
        return_inverse=True,
    )
    n_places, weight = int(place.max()) + 1, unit_weights(cells, settings)
    total = np.bincount(place, weight, n_places)
    x, y = (v - (np.bincount(place, weight * v, n_places) / total)[place] for v in (x, y))
    question.find(variance_findings(x, y, cells.x, cells.y))
    error = between_error(cells, settings, "x", weight * (1 - weight / total[place]))
    sums = sums_by(
        cells.unit_cluster, cells.n_clusters, weight * x * x, weight * x * y, weight * y * y,
        *error.columns,
    )  # fmt: skip

    def statistic(s: np.ndarray) -> np.ndarray:
        return _values(s[..., 0], s[..., 1], s[..., 2], error.total(s[..., 3:]))

    question.find(dominance(weight * x * x, settings))
    sizes = np.bincount(cells.unit_cluster, minlength=cells.n_clusters)
    df = cluster_df(cells, sizes, settings)
    return _rows(question, jackknife(sums, statistic), df, "partialled_sums")


def within_rung(cells: Cells, settings: Settings, findings: list[Finding]) -> Question:
    """The two-way slope; its test belongs to ``within`` and is not repeated here."""
    cells, repeated = without_repeats(cells, settings)
    found = [*findings, *repeated, *period_findings(cells, settings)]
    question = _open(cells, settings, found, "period,unit_id")
    if cells.n_clusters < 2 or question.is_stopped():
        return _nothing(question, "two_way_fe")
    jack = within_jackknife(cells, settings)
    chosen = [0, 1, 2, 6, 7, 4]
    jack = Jackknife(jack.estimate[chosen], jack.replicates[:, chosen])
    if not np.isfinite(jack.estimate[SLOPE]):
        question.find(Finding(
            code="no_within_variation", severity="refuse", message="Scores do not move in units.",
        ))  # fmt: skip
        return _nothing(question, "two_way_fe")
    sizes = np.bincount(cells.cluster, minlength=cells.n_clusters)
    return _rows(question, jack, cluster_df(cells, sizes, settings), "two_way_fe", tested=False)


def _values(sxx: np.ndarray, sxy: np.ndarray, syy: np.ndarray, noise: np.ndarray) -> np.ndarray:
    true = sxx - noise
    r = sxy / np.sqrt(sxx * syy)
    return np.stack([sxy / sxx, atanh(r), sxy / true, sxy, true, true / sxx], axis=-1)


def _open(cells: Cells, settings: Settings, findings: list[Finding], label: str) -> Question:
    inside = label.endswith("unit_id")
    level = "unit_period" if inside else "unit"
    question = Question("adjusted", level, settings, cells, adjusted_for=label, weighted=not inside)
    question.find(
        findings,
        [] if inside else weight_findings(cells, settings),
        size_findings(cells, np.bincount(cells.unit_cluster, minlength=max(cells.n_clusters, 1))),
        correction_inputs(cells, settings, within=inside),
        people_findings(people_of(cells, settings) is not None, settings),
    )
    return question


def _nothing(question: Question, method: str) -> Question:
    for component, effect_type in (
        ("observed", "slope"),
        ("observed", "r"),
        ("corrected", "slope"),
    ):
        question.row(component, effect_type, method=method)
    return question


def _rows(
    question: Question, jack: Jackknife, df: float, method: str, *, tested: bool = True
) -> Question:
    settings, value, error = question.settings, jack.estimate, jack.std_error
    _gate(question, jack, within=method == "two_way_fe")
    shared = _shared(jack, df, method, tested=tested)
    q = t_quantile(0.5 + settings.conf_level / 2, df)
    rv = robustness_value(float(shared["statistic"]), df)
    sesoi = {settings.sesoi_type: settings.sesoi}
    question.row(
        "observed", "slope",
        interval=t_interval(value[SLOPE], error[SLOPE], df, settings.conf_level),
        estimate=known(value[SLOPE]), std_error=known(error[SLOPE]), conf_method="cv3_t",
        mde=question.mde(error[SLOPE], df), robustness_value=rv, sesoi=sesoi.get("slope"), **shared,
    )  # fmt: skip
    question.row(
        "observed", "r", interval=z_scale_interval(np.tanh(value[Z]), error[Z], q),
        estimate=known(np.tanh(value[Z])), std_error=known(error[Z]), conf_method="cv3_t",
        mde=float(np.tanh(question.mde(error[Z], df))), sesoi=sesoi.get("r"), **shared,
    )  # fmt: skip
    _corrected_row(question, jack, df, shared)
    question.row("robustness_value", "index", estimate=rv, method="cinelli_hazlett", df=df)
    return question


def _shared(jack: Jackknife, df: float, method: str, *, tested: bool = True) -> dict[str, Any]:
    with np.errstate(divide="ignore", invalid="ignore"):
        t = float(jack.estimate[SLOPE] / jack.std_error[SLOPE])
    return {"p_value": t_p_value(t, df) if tested else None, "df": df, "statistic": t,
            "method": method}  # fmt: skip


def _corrected_row(question: Question, jack: Jackknife, df: float, shared: dict[str, Any]) -> None:
    settings, value, error = question.settings, jack.estimate, jack.std_error
    cov = jack.cov[np.ix_([SXY, VAR_TRUE], [SXY, VAR_TRUE])]
    ends = corrected_slope_interval(value[SXY], value[VAR_TRUE], cov, df, settings.conf_level)
    question.row(
        "corrected", "slope", estimate=known(value[SLOPE_TRUE]),
        std_error=known(error[SLOPE_TRUE]), mde=question.mde(error[SLOPE_TRUE], df),
        sesoi=settings.sesoi if settings.sesoi_type == "slope" else None,
        reliability=known(value[SHARE_TRUE]), **ends, **shared,
    )  # fmt: skip


def _partial_row(
    question: Question, x: np.ndarray, y: np.ndarray, controls: np.ndarray, jack: Jackknife,
    df: float,
) -> None:  # fmt: skip
    """The textbook interval of a partial correlation, where every unit is its own cluster."""
    plain = partial_correlation(x, y, controls, conf_level=question.settings.conf_level)
    free = len(x) - controls.shape[1] - 3
    question.row(
        "observed", "r", interval=Interval(plain.conf_low, plain.conf_high),
        estimate=known(plain.estimate), std_error=float(1 / np.sqrt(max(free, 1))),
        conf_method="fisher_z", **_shared(jack, df, "pearson") | {"df": float(plain.df)},
    )  # fmt: skip


def _gate(question: Question, jack: Jackknife, *, within: bool) -> None:
    share = float(jack.estimate[SHARE_TRUE])
    with np.errstate(divide="ignore", invalid="ignore"):
        signal = float(jack.estimate[VAR_TRUE] / jack.std_error[VAR_TRUE])
    enough = signal >= MIN_SIGNAL_T and share >= MIN_SHARE if within else share >= MIN_RELIABILITY
    if question.is_stopped("corrected") or enough:
        return
    question.find(Finding(
        code="low_reliability", severity="refuse", component="corrected", value=share,
        threshold=MIN_SHARE if within else MIN_RELIABILITY,
        message=f"Only {share:.2f} of what is left of the employee score is more than noise.",
    ))  # fmt: skip
