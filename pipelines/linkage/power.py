"""What could be seen: units needed before data, smallest detectable effects, robustness values.

Here: closed formulas and the planning rows of a panel. Not here: power computed from the observed
effect; it repeats the p-value and is refused.
"""

from __future__ import annotations

from typing import Any, Unpack

import numpy as np
import polars as pl

from pipelines.linkage.agreement import MIN_GROUPS, one_way_icc
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import known, normal_quantile
from pipelines.linkage.panel import Cells
from pipelines.linkage.question import Question
from pipelines.linkage.sample_checks import silent_voice, variance_findings
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.wording import counted


def units_needed(r: float, *, level: float = 0.95, power: float = 0.80) -> int:
    """Independent units needed to see a correlation: ``((z_(1-a/2) + z_power) / atanh r)^2 + 3``.

    Plug in the observed-score correlation, ``rho sqrt(rel_x rel_y)``, and multiply by
    ``design_effect`` when units share locations. It misleads when r is taken from the same data.

    >>> [units_needed(r) for r in (0.1, 0.2, 0.3)]
    [783, 194, 85]
    """
    z = normal_quantile(0.5 + level / 2) + normal_quantile(power)
    return int(np.ceil((z / np.arctanh(abs(r))) ** 2 + 3))


def detectable_r(n_units: float, *, level: float = 0.95, power: float = 0.80) -> float:
    """Smallest correlation seen with n independent units: ``tanh((z + z) / sqrt(n - 3))``.

    >>> round(detectable_r(783), 3)
    0.1
    """
    z = normal_quantile(0.5 + level / 2) + normal_quantile(power)
    return float(np.tanh(z / np.sqrt(max(n_units - 3, 1))))


def design_effect(units_per_cluster: float, icc_x: float, icc_y: float) -> float:
    """How many units count as one: ``1 + (m - 1) icc_x icc_y``.

    Both scores must be alike within clusters for units to repeat each other's evidence.

    >>> design_effect(5, 0.5, 0.5)
    2.0
    """
    return 1 + max(units_per_cluster - 1, 0) * max(icc_x, 0.0) * max(icc_y, 0.0)


def robustness_value(t: float, df: float) -> float:
    """Share of the residual variance of both scores an unmeasured cause needs to erase a link.

    ``f = |t| / sqrt(df)``, ``RV = (sqrt(f^4 + 4 f^2) - f^2) / 2`` (Cinelli and Hazlett 2020).

    >>> round(robustness_value(4.18, 783), 3)
    0.139
    """
    if np.isinf(t):
        return 1.0
    f2 = t * t / df
    return float(0.5 * (np.sqrt(f2 * f2 + 4 * f2) - f2))


def partial_r_squared(t: float, df: float) -> float:
    """Share of the residual variance that goes with the predictor: ``t^2 / (t^2 + df)``.

    >>> round(partial_r_squared(4.18, 783), 4)
    0.0218
    """
    return float(t * t / (t * t + df))


def power(
    panel: pl.DataFrame | pl.LazyFrame, *, true_r: float | None = None, post_hoc: bool = False,
    **options: Unpack[Options],
) -> Linkage:  # fmt: skip
    """What this panel could show between units, before looking at the link.

    Measures the units needed to see ``true_r`` (default: the smallest effect of interest) given how
    noisy the unit means are and how alike units of a location are, and the smallest correlation
    these units could show. It misleads when read after the link: it uses no link between the two
    scores, and power at the observed one says nothing new, so ``post_hoc=True`` is refused.

    ``n = ceil(((z_(1-a/2) + z_power)/atanh r)^2 + 3)`` (Fisher 1921; Cohen 1988) with
    ``r = true_r sqrt(rel_x rel_y)``, times the design effect ``1 + (m - 1) icc_x icc_y`` of m units
    per location (Kish 1965).

    >>> rng = np.random.default_rng(1)
    >>> panel = pl.DataFrame({"unit_id": [f"u{i}" for i in range(60)],
    ...     "location_id": [f"l{i % 20}" for i in range(60)], "period_id": "p1",
    ...     "mean_e": rng.normal(0, 1, 60), "mean_c": rng.normal(0, 1, 60)})
    >>> power(panel, true_r=0.3).row(component="units_needed")["estimate"] >= 85
    True
    """
    if true_r is not None and not 0 < abs(true_r) < 1:
        raise ValueError(f"true_r={true_r}: a correlation between 0 and 1 is wanted")
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    question = Question("power", "unit", settings, cells)
    question.find(findings)
    if post_hoc:
        question.find(Finding(
            code="post_hoc_power", severity="refuse", message="Power after the fact was asked for.",
        ))  # fmt: skip
    question.find(silent_voice(cells), variance_findings(cells.x, cells.y, cells.x, cells.y))
    if cells.n_units < MIN_GROUPS and not question.is_stopped():
        question.find(Finding(
            code="too_few_units", severity="refuse", value=float(cells.n_units),
            threshold=float(MIN_GROUPS),
            message=f"Only {counted(cells.n_units, 'unit')}; how alike and how noisy units are "
            f"cannot be told from fewer than {MIN_GROUPS}.",
        ))  # fmt: skip
    wanted = true_r or (settings.sesoi if settings.sesoi_type == "r" else 0.10)
    reliability, icc = _noise_and_likeness(cells)
    per_cluster = cells.n_units / max(cells.n_clusters, 1)
    effect = design_effect(per_cluster, *icc)
    observed = wanted * np.sqrt(np.clip(reliability[0] * reliability[1], 0.01, 1.0))
    needed = units_needed(float(observed)) * effect
    smallest = detectable_r(cells.n_units / effect)
    shared: dict[str, Any] = {"method": "fisher_z_design_effect", "sesoi": wanted}
    question.row("units_needed", "index", estimate=float(np.ceil(needed)), **shared)
    question.row("smallest_r", "r", estimate=known(smallest), mde=known(smallest), **shared)
    question.row("design_effect", "index", estimate=known(effect), **shared)
    return question.result()


def _noise_and_likeness(
    cells: Cells,
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Reliability of unit means and likeness of units in a cluster, per side."""
    reliability, icc = [], []
    for values, error in ((cells.x, cells.error_x), (cells.y, cells.error_y)):
        periods = np.maximum(cells.periods_per_unit, 1)
        mean = np.bincount(cells.unit, weights=values, minlength=cells.n_units) / periods
        noise = np.bincount(cells.unit, weights=error, minlength=cells.n_units) / periods**2
        variance = float(mean.var()) if len(mean) else 0.0
        share = 1 - float(noise.mean()) / variance if variance > 0 else 0.0
        reliability.append(share if np.isfinite(share) else 1.0)
        several = 1 < cells.n_clusters < cells.n_units
        one = one_way_icc(cells.unit_cluster, mean) if several else None
        icc.append(one.icc1 if one is not None and np.isfinite(one.icc1) else 0.0)
    return (reliability[0], reliability[1]), (icc[0], icc[1])
