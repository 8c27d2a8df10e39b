"""Is the link straight? Binned curve, test of curvature, test for a threshold.

Here: unit means of y along unit means of x. Not here: thresholds picked by eye; a cut found by
scanning is reported only when the scan itself is tested.
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from pipelines.linkage.companions import companion
from pipelines.linkage.covariates import design_of
from pipelines.linkage.demeaning import group_means
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import Interval, known, t_interval, t_p_value, t_quantile
from pipelines.linkage.panel import Cells
from pipelines.linkage.panel_columns import need_list
from pipelines.linkage.products import last_coefficient, product_columns, symmetric
from pipelines.linkage.question import Question
from pipelines.linkage.sample_checks import ceiling_findings, size_findings, variance_findings
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.sums import by_content, jackknife, sums_by
from pipelines.linkage.unit_moments import REL_X, between_sums, cluster_df, unit_averages
from pipelines.linkage.verdicts import settle

MIN_UNITS, MIN_RELIABILITY = 200, 0.7
N_BINS, N_KNOTS, DRAWS, MIN_VALUES = 10, 15, 499, 5
SPLINE_KNOTS = (0.1, 0.5, 0.9)
PARTS = (("quadratic", "mean_e^2"), ("spline", "mean_e:spline"), ("hinge", "hinge"))


def nonlinear(
    panel: pl.DataFrame | pl.LazyFrame, *, covariates: tuple[str, ...] = (),
    **options: Unpack[Options],
) -> Linkage:  # fmt: skip
    """Curvature and thresholds of the between link, with the binned curve.

    Measures whether y rises evenly with x across units. It misleads when "no threshold found" is
    read as "straight": sampling noise in x rounds every kink; and units at the scale end cannot
    show what lies above.

    Test 1: coefficient of x^2 in ``y = a + b x + c x^2``, and of a restricted cubic spline with 3
    knots, CV3. Test 2: largest of 15 hinge points between the 15th and 85th percentile, Rademacher
    multipliers of cluster scores, 499 draws (the score test leaves no coefficient to estimate under
    the null; signs leave its scale unchanged; Andrews 1993; Hansen 1999). A threshold is named only
    if Test 2 rejects, with the knots the data cannot tell from it. The curve follows Cattaneo et
    al. (2024): bins enter beside the covariates, they are not residualised away.

    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(0, 1, 600)
    >>> panel = pl.DataFrame({"unit_id": [f"u{i:03d}" for i in range(600)],
    ...     "location_id": [f"l{i % 60:02d}" for i in range(600)], "period_id": "p1",
    ...     "mean_e": x, "mean_c": np.maximum(x, 0) * 3 + rng.normal(0, 1, 600)})
    >>> result = nonlinear(panel)
    >>> result.row(term="hinge", component="observed")["verdict"]
    'supported'
    >>> abs(result.row(component="threshold")["estimate"]) < 0.3
    True
    """
    need_list("covariates", covariates)
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    sizes = np.bincount(cells.unit_cluster, minlength=max(cells.n_clusters, 1))
    common = [*findings, *size_findings(cells, sizes, min_units=MIN_UNITS)]
    questions = [
        Question("nonlinear", "unit", settings, cells, part=part, term=term) for part, term in PARTS
    ]
    x, y = unit_averages(cells)
    common += variance_findings(x, y, cells.x, cells.y)
    common += _few_values(x)
    common += ceiling_findings(
        group_means(cells.x, cells.unit, cells.n_units),
        group_means(cells.y, cells.unit, cells.n_units), settings,
    )  # fmt: skip
    for question in questions:
        question.find(common)
    for question in questions:
        question.find(_noise(cells, settings, x, y) if not question.is_stopped() else [])
    if questions[0].is_stopped():
        for question, effect_type, method in zip(
            questions, ("curvature", "curvature", "F"), ("quadratic", "restricted_cubic",
            "sup_hinge"), strict=True,
        ):  # fmt: skip
            question.row("observed", effect_type, method=method)
        curve = _curve_table(questions[0], None)
    else:
        df = cluster_df(cells, sizes, settings)
        _bend(questions[0], cells, x, y, df)
        _bend(questions[1], cells, x, y, df)
        _hinge(questions[2], cells, x, y, df)
        controls = design_of(cells, covariates).columns
        curve = _curve_table(questions[0], _curve(cells, x, y, controls, df, settings.conf_level))
    parts = [q.parts() for q in questions]
    return settle(
        [r for rows, _ in parts for r in rows], [g for _, guards in parts for g in guards],
        curve,
    )  # fmt: skip


def _few_values(x: np.ndarray, least: int = MIN_VALUES) -> list[Finding]:
    """Scores with so few distinct values that a bend has no place to be."""
    distinct = len(np.unique(x))
    if distinct >= least or not distinct:
        return []
    return [Finding(
        code="single_group", severity="refuse", value=float(distinct), threshold=float(least),
        message=f"The employee score takes {distinct} values, too few to show a bend.",
    )]  # fmt: skip


def _noise(cells: Cells, settings: Settings, x: np.ndarray, y: np.ndarray) -> list[Finding]:
    """Unit means too noisy to show a bend."""
    if not cells.errors_known:
        return []
    sums, statistic = between_sums(cells, settings, x, y, np.ones(cells.n_units))
    reliability = float(statistic(sums.sum(axis=0))[REL_X])
    if reliability >= MIN_RELIABILITY:
        return []
    return [Finding(
        code="low_reliability", severity="refuse", value=reliability, threshold=MIN_RELIABILITY,
        message=f"Reliability {reliability:.2f} of unit means is below {MIN_RELIABILITY}; noise "
        "would round any bend away.",
    )]  # fmt: skip


def _fit(columns: list[np.ndarray], y: np.ndarray, cells: Cells) -> tuple[float, float]:
    """Last coefficient of y on columns: its value and delete-one-cluster SE, from sums."""
    design = np.column_stack([*columns, y])
    p = design.shape[1]
    sums = sums_by(cells.unit_cluster, cells.n_clusters, *product_columns(design))

    jack = jackknife(sums, lambda s: last_coefficient(symmetric(s, p))[..., np.newaxis])
    return float(jack.estimate[0]), float(jack.std_error[0])


def restricted_cubic(x: np.ndarray) -> np.ndarray:
    """Bend of a cubic spline with 3 knots (.1, .5, .9 quantiles), straight beyond the outer two.

    Harrell's basis, divided by the squared distance of the outer knots, so it is in units of x.

    >>> restricted_cubic(np.arange(11.0)).round(2).tolist()[:6]
    [0.0, 0.0, 0.02, 0.12, 0.42, 1.0]
    """
    first, middle, last = np.quantile(x, SPLINE_KNOTS)
    cubes = [np.maximum(x - knot, 0.0) ** 3 for knot in (first, middle, last)]
    if not first < middle < last:
        return np.full(len(x), np.nan)
    left, right = (last - first) / (last - middle), (middle - first) / (last - middle)
    return (cubes[0] - cubes[1] * left + cubes[2] * right) / (last - first) ** 2


def _bend(question: Question, cells: Cells, x: np.ndarray, y: np.ndarray, df: float) -> None:
    """Coefficient of x^2 or of the spline's bend, beside a straight line; refused in ties."""
    z = (x - x.mean()) / x.std()
    spline = question.base["term"] == "mean_e:spline"
    curve, scale = (restricted_cubic(z), float(x.std())) if spline else (z * z, float(x.var()))
    value, error = (v / scale for v in _fit([np.ones(len(z)), z, curve], y, cells))
    if not error > 0:
        question.find(_few_values(x, int(len(np.unique(x)) + 1)))
        value, error = 0.0, 1.0
    question.row(
        "observed", "curvature", estimate=value, std_error=error, statistic=value / error, df=df,
        interval=t_interval(value, error, df, question.settings.conf_level), conf_method="cv3_t",
        p_value=t_p_value(value / error, df), mde=question.mde(error, df),
        method="restricted_cubic" if spline else "quadratic",
    )  # fmt: skip


def _hinge(question: Question, cells: Cells, x: np.ndarray, y: np.ndarray, df: float) -> None:
    settings = question.settings
    knots = np.unique(np.quantile(x, np.linspace(0.15, 0.85, N_KNOTS)))
    line = np.column_stack([np.ones(len(x)), x])
    residual = y - line @ np.linalg.lstsq(line, y, rcond=None)[0]
    hinges = np.maximum(x[:, None] - knots, 0.0)
    hinges = hinges - line @ np.linalg.lstsq(line, hinges, rcond=None)[0]
    scores = sums_by(cells.unit_cluster, cells.n_clusters, *(hinges * residual[:, None]).T)
    scale = np.sqrt((scores**2).sum(axis=0))
    # between ties a hinge is a straight line; such knots cannot be judged
    judged = scale > 1e-9 * scale.max()
    knots, scores, scale = knots[judged], scores[:, judged], scale[judged]
    observed = np.abs(scores.sum(axis=0)) / scale
    rng = np.random.default_rng(settings.seed)
    n_draws = settings.n_draws or DRAWS
    signs = rng.integers(0, 2, (n_draws, cells.n_clusters)) * 2.0 - 1.0
    drawn = np.abs(signs @ by_content(scores) / scale).max(axis=1)
    best = int(observed.argmax())
    p = float((1 + (drawn >= observed[best]).sum()) / (n_draws + 1))
    question.row("observed", "F", estimate=float(observed[best]), statistic=float(observed[best]),
                 conf_method="sup_t", p_value=p, method="sup_hinge")  # fmt: skip
    if p > 0.05:
        return
    # knots whose statistic is within the 95% profile of the best one
    alike = knots[observed**2 >= observed[best] ** 2 - 3.841]
    centre = float(group_means(cells.x, cells.unit, cells.n_units).mean() - x.mean())
    question.row("threshold", "index", estimate=float(knots[best] + centre), method="sup_hinge",
                 interval=Interval(float(alike.min() + centre), float(alike.max() + centre)),
                 conf_method="profile")  # fmt: skip
    change, error = _fit([np.ones(len(x)), x, np.maximum(x - knots[best], 0.0)], y, cells)
    question.row("slope_change", "slope", estimate=known(change), std_error=known(error), df=df,
                 method="sup_hinge")  # fmt: skip


def _curve(
    cells: Cells, x: np.ndarray, y: np.ndarray, controls: np.ndarray, df: float, level: float
) -> np.ndarray:
    """Per bin: number, n, mean x, mean y at average covariates, SE, low, high."""
    cuts = np.quantile(x, np.linspace(0, 1, N_BINS + 1)[1:-1])
    bins = np.searchsorted(cuts, x, side="right")
    adjusted_y = y
    if controls.shape[1]:
        inside = np.column_stack([
            v - group_means(v, bins, N_BINS)[bins] for v in (*controls.T, y)
        ])  # fmt: skip
        slopes = np.linalg.lstsq(inside[:, :-1], inside[:, -1], rcond=None)[0]
        adjusted_y = y - (controls - controls.mean(axis=0)) @ slopes
    member = (bins[:, None] == np.arange(N_BINS)).astype(float)
    sums = sums_by(cells.unit_cluster, cells.n_clusters, *member.T, *(member.T * adjusted_y))
    jack = jackknife(sums, lambda s: s[..., N_BINS:] / s[..., :N_BINS])
    half = t_quantile(0.5 + level / 2, df) * jack.std_error
    return np.column_stack([
        np.arange(1, N_BINS + 1), member.sum(axis=0), group_means(x, bins, N_BINS), jack.estimate,
        jack.std_error, jack.estimate - half, jack.estimate + half,
    ])  # fmt: skip


def _curve_table(question: Question, values: np.ndarray | None) -> dict[str, pl.DataFrame]:
    names = ("bin", "n_units", "mean_x", "mean_y", "std_error", "conf_low", "conf_high")
    columns = None if values is None else {n: values[:, i] for i, n in enumerate(names)}
    return companion("linkage_binned_curves", question.base, columns)
