"""Is the link among the units kept a matter of their size?

Here: the slope's change with the headcount of the unit, asked where small units were suppressed. If
large and small units differ, the units that are missing would have shown another link. Not here:
the link itself (``between``).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from pipelines.linkage.covariates import unit_values
from pipelines.linkage.guards import Finding
from pipelines.linkage.intervals import known, t_interval, t_p_value
from pipelines.linkage.panel import Cells
from pipelines.linkage.products import last_coefficient, product_columns, symmetric
from pipelines.linkage.question import Question
from pipelines.linkage.sample_checks import correction_inputs, people_findings, size_findings
from pipelines.linkage.sampling_error import between_error, people_of
from pipelines.linkage.settings import Settings
from pipelines.linkage.sums import Jackknife, jackknife, sums_by
from pipelines.linkage.unit_moments import cluster_df, unit_averages

TERM = "mean_e:log2_headcount"


def headcount_moderation(
    cells: Cells, settings: Settings, findings: list[Finding]
) -> Question | None:
    """Change of the between slope with every doubling of the headcount; ``None`` if not asked.

    ``y ~ x + h + x h`` over unit means, h = log2 of the mean headcount. Small units are noisier, so
    their slopes shrink more and the observed interaction is above zero for no other reason: the
    sampling error of x is taken out of the moments of x and x h, and only that row is tested.
    """
    size = unit_values(cells, "log_headcount")
    if not cells.n_units_suppressed or size is None or cells.n_clusters < 2 or np.ptp(size) < 1e-9:
        return None
    question = Question(
        "between", "unit", replace(settings, primary=False), cells, part="headcount", term=TERM
    )
    sizes = np.bincount(cells.unit_cluster, minlength=cells.n_clusters)
    question.find(
        findings,
        size_findings(cells, sizes),
        correction_inputs(cells, settings, within=False),
        people_findings(people_of(cells, settings) is not None, settings),
    )
    jack, df = _interaction(cells, settings, size / np.log(2)), cluster_df(cells, sizes, settings)
    if not np.isfinite(jack.replicates).all() and not question.is_stopped("corrected"):
        question.find(Finding(
            code="not_estimable", severity="refuse", component="corrected",
            message="Sampling noise explains all variation of the employee score.",
        ))  # fmt: skip
    value, error = jack.estimate, jack.std_error
    for place, component in enumerate(("observed", "corrected")):
        t = float(value[place] / error[place]) if error[place] > 0 else float("nan")
        question.row(
            component, "interaction", estimate=known(value[place]), std_error=known(error[place]),
            interval=t_interval(value[place], error[place], df, settings.conf_level), df=df,
            statistic=known(t), p_value=known(t_p_value(t, df)) if place else None,
            conf_method="cv3_t", mde=question.mde(error[place], df), method="moderated_slope",
        )  # fmt: skip
    return question


def _interaction(cells: Cells, settings: Settings, size: np.ndarray) -> Jackknife:
    """Coefficient of x h, as measured and with the error moments of x removed."""
    x, y = unit_averages(cells)
    h = size - size.mean()
    products = product_columns(np.column_stack([np.ones(len(x)), h, x, x * h, y]))
    errors = [between_error(cells, settings, "x", w) for w in (np.ones(len(x)), h, h * h)]
    k, each = len(products), len(errors[0].columns)
    columns = [*products, *(c for e in errors for c in e.columns)]
    sums = sums_by(cells.unit_cluster, cells.n_clusters, *columns)

    def statistic(s: np.ndarray) -> np.ndarray:
        full = symmetric(s[..., :k], 5)
        noise = [e.total(s[..., k + i * each : k + (i + 1) * each]) for i, e in enumerate(errors)]
        clean = full.copy()
        clean[..., 2, 2] -= noise[0]
        clean[..., 2, 3] -= noise[1]
        clean[..., 3, 2] -= noise[1]
        clean[..., 3, 3] -= noise[2]
        return np.stack([last_coefficient(full), last_coefficient(clean)], axis=-1)

    return jackknife(sums, statistic)
