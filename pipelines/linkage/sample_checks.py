"""Guards on how much evidence there is: units, clusters, periods, variance, reliability.

Here: the minimum counts every estimand asks for, and the reliability gates of corrected rows. Not
here: whether the input is sane (``input_checks``).
"""

from __future__ import annotations

import numpy as np

from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells
from pipelines.linkage.settings import Settings
from pipelines.linkage.sums import effective_clusters
from pipelines.linkage.wording import level_names, units_in_groups

MIN_UNITS, FEW_UNITS = 20, 30
MIN_CLUSTERS, FEW_CLUSTERS, MIN_EFFECTIVE = 8, 20, 5.0


def size_findings(
    cells: Cells, sizes: np.ndarray, *, min_units: int = MIN_UNITS, min_clusters: int = MIN_CLUSTERS
) -> list[Finding]:
    """Units and clusters; ``sizes`` are the units or cells per cluster that enter."""
    found = []
    units, clusters = cells.n_units, cells.n_clusters
    sample = units_in_groups(
        {"n_units": units, "n_clusters": clusters, "cluster": cells.cluster_name}
    )
    if silent := silent_voice(cells):
        return silent
    if units < min_units:
        found.append(Finding(
            code="too_few_units", severity="refuse", value=float(units), threshold=float(min_units),
            message=f"Only {sample}; at least {min_units} units are needed.",
        ))  # fmt: skip
    elif units < FEW_UNITS:
        found.append(Finding(
            code="few_units", severity="warn", value=float(units), threshold=float(FEW_UNITS),
            message=f"{units} units are few; expect a wide interval.",
        ))  # fmt: skip
    if clusters <= 1:
        found.append(Finding(
            code="one_cluster", severity="refuse", value=float(clusters), threshold=2.0,
            message="There is a single unit." if units == 1 else
            f"All units share one {level_names(cells.cluster_name)[0]}.",
        ))  # fmt: skip
        return found
    many = level_names(cells.cluster_name)[1]
    effective = effective_clusters(sizes[sizes > 0]) if (sizes > 0).any() else 0.0
    if clusters < min_clusters or effective < MIN_EFFECTIVE:
        found.append(Finding(
            code="few_clusters", severity="refuse", value=effective, threshold=float(min_clusters),
            message=f"{clusters} {many} that weigh as {effective:.1f} equal ones; at "
            f"least {min_clusters}, weighing as {MIN_EFFECTIVE:g}, are needed.",
        ))  # fmt: skip
    elif clusters < FEW_CLUSTERS:
        found.append(Finding(
            code="few_clusters", severity="warn", value=effective, threshold=float(FEW_CLUSTERS),
            message=f"{clusters} {many} are few; intervals are wide and less certain.",
        ))  # fmt: skip
    return found


def silent_voice(cells: Cells) -> list[Finding]:
    """One voice, or both, without a single score in the window."""
    if cells.n_rows_x and cells.n_rows_y:
        return []
    sides = (("employee", cells.n_rows_x), ("customer", cells.n_rows_y))
    silent = " nor the ".join(name for name, n in sides if not n)
    return [Finding(
        code="one_voice_missing", severity="refuse", value=0.0, n_total=cells.n_rows,
        message=f"None of the {cells.n_rows} cells of this window has the {silent} score."
        if cells.n_rows else "No score of either voice lies in this window: compare "
        "`start` and `end` of the program with the dates of the data.",
    )]  # fmt: skip


def is_flat(values: np.ndarray, scale: np.ndarray | None = None) -> bool:
    """Whether values vary by no more than rounding error of the scores behind them."""
    if not len(values):
        return True
    size = float(np.abs(values if scale is None else scale).max()) or 1.0
    return float(np.ptp(values)) <= 1e-9 * size


def least_square(values: np.ndarray) -> float:
    """Sum of squares below which deviations of these scores are nothing but rounding error."""
    return len(values) * (1e-9 * float(np.abs(values).max(initial=0.0))) ** 2


def variance_findings(
    x: np.ndarray, y: np.ndarray, raw_x: np.ndarray, raw_y: np.ndarray
) -> list[Finding]:
    """Scores that do not vary between units; without any unit there is nothing to judge."""
    if not len(x):
        return []
    flat = [
        name for name, v, raw in (("employee", x, raw_x), ("customer", y, raw_y)) if is_flat(v, raw)
    ]
    return [
        Finding(code="zero_variance", severity="refuse", n_affected=len(x), n_total=len(x),
                message=f"The {name} score does not vary between units.")
        for name in flat
    ]  # fmt: skip


def ceiling_findings(mean_x: np.ndarray, mean_y: np.ndarray, settings: Settings) -> list[Finding]:
    """More than half of the unit means within 5% of an end of the declared scale."""
    found = []
    for values, bounds, name in (
        (mean_x, settings.x_bounds, settings.x_measure),
        (mean_y, settings.y_bounds, settings.y_measure),
    ):
        if bounds is None or not len(values):
            continue
        near = 0.05 * (bounds[1] - bounds[0])
        share = max(
            float((values >= bounds[1] - near).mean()), float((values <= bounds[0] + near).mean())
        )
        if share > 0.5:
            found.append(Finding(
                code="ceiling", severity="warn", value=share, threshold=0.5,
                n_affected=round(share * len(values)), n_total=len(values),
                message=f"{share:.0%} of the unit means of {name} lie within 5% of a scale end.",
            ))  # fmt: skip
    return found


def correction_inputs(cells: Cells, settings: Settings, *, within: bool) -> list[Finding]:
    """Whether sampling error can be removed at all: counts known, recurrence of people known."""
    if not cells.errors_known:
        return [Finding(
            code="counts_unknown", severity="refuse", component="corrected",
            message="Number of answers or their variance is unknown for some cells.",
        )]  # fmt: skip
    if settings.respondent_overlap == "none" or cells.n_periods < 2:
        return []
    if settings.respondent_overlap == "unknown":
        return [Finding(
            code="overlap_unknown", severity="refuse" if within else "warn",
            component="corrected",
            message="It is not declared whether the same people answer in several periods; if they "
            "do, the " + ("correction is wrong." if within else "corrected value is too small."),
        )]  # fmt: skip
    return []


def people_findings(fits: bool, settings: Settings) -> list[Finding]:
    """Respondent sums that were promised but are missing or belong to other cells."""
    if settings.respondent_overlap != "key" or fits:
        return []
    return [Finding(
        code="overlap_cells_differ", severity="refuse", component="corrected",
        message="Respondent sums are missing for some units or count other periods.",
    )]  # fmt: skip


def weight_findings(cells: Cells, settings: Settings) -> list[Finding]:
    """Weights need the number of answers; without it every unit weighs the same."""
    if settings.weights == "equal" or np.isfinite(cells.n_y).all():
        return []
    return [Finding(
        code="counts_unknown", severity="warn",
        message="The number of customer answers is unknown, so every unit weighs the same.",
    )]  # fmt: skip
