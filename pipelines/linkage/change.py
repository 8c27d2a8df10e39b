"""Did the link change over time?

Here: between slopes period by period and the largest shift between before and after, a planned
date, and the change of a pooled slope at a date. Not here: change of the scores themselves
(``within``).
"""

from __future__ import annotations

from typing import Unpack

import numpy as np
import polars as pl

from pipelines.linkage.companions import companion
from pipelines.linkage.demeaning import remove_means, remove_unit_and_period_means
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import known, t_interval, t_p_value
from pipelines.linkage.panel import Cells
from pipelines.linkage.question import Question
from pipelines.linkage.rolling_refits import BLOCK, Refits, alert_findings, rolling_refits
from pipelines.linkage.sample_checks import least_square, size_findings, variance_findings
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.sums import Jackknife, by_content, jackknife, sums_by
from pipelines.linkage.unit_moments import cluster_df
from pipelines.linkage.wording import counted

MIN_PERIODS, MIN_CLUSTERS, TRIM, DRAWS = 8, 12, 2, 499


def change(
    panel: pl.DataFrame | pl.LazyFrame, *, at: int | None = None, **options: Unpack[Options]
) -> Linkage:
    """Whether the between slope differs before and after some period.

    Measures ``c_k = mean(b_t, t >= k) - mean(b_t, t < k)``, the mean slope after less before, at a
    planned period index (``at``) or at the period where the shift is largest. It misleads when the
    scale or the questions changed: the link then moves although nothing else did.

    Deviations of all period slopes from a delete-one-cluster jackknife give their covariance; the
    statistic is ``max |c_k| / SE(c_k)`` over dates 2 periods from the ends; p from Rademacher signs
    of the clusters, every draw studentised anew (Andrews 1993; without that 8 to 22% false alarms).
    Beside it the slope is refitted as each period closes (``rolling_refits``); guard
    ``link_changed`` warns when the latest two refits lie 3 standard errors from the first.

    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(0, 1, (200, 10)) + rng.normal(0, 1, (200, 1))
    >>> slope = np.where(np.arange(10) < 5, 2.0, 0.0)
    >>> panel = pl.DataFrame({"unit_id": np.repeat([f"u{i:03d}" for i in range(200)], 10),
    ...     "location_id": np.repeat([f"l{i % 40:02d}" for i in range(200)], 10),
    ...     "period_id": np.tile([f"p{t}" for t in range(10)], 200),
    ...     "period_index": np.tile(np.arange(10), 200), "mean_e": x.ravel(),
    ...     "mean_c": (slope * x + rng.normal(0, 1, (200, 10))).ravel()})
    >>> row = change(panel).row(component="observed")
    >>> row["term"], round(row["estimate"], 1), row["verdict"]
    ('mean_e:from_5', -2.1, 'supported')
    """
    if at is not None and not isinstance(at, int):
        raise ValueError(f"at={at!r}: the period_index of the first period after it is wanted")
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    question = Question(
        "change", "unit", settings, cells, part="planned" if at is not None else "scan"
    )
    sizes = np.bincount(cells.unit_cluster, minlength=max(cells.n_clusters, 1))
    question.find(findings, size_findings(cells, sizes, min_clusters=MIN_CLUSTERS))
    x, y = (remove_means(v, cells.period, cells.n_periods) for v in (cells.x, cells.y))
    question.find(variance_findings(x, y, cells.x, cells.y))
    if cells.n_periods < MIN_PERIODS:
        question.find(Finding(
            code="too_few_periods", severity="refuse", value=float(cells.n_periods),
            threshold=float(MIN_PERIODS),
            message=f"{counted(cells.n_periods, 'period')}; {MIN_PERIODS} are needed.",
        ))  # fmt: skip
    question.find(_one_sided(cells, at))
    if not question.is_stopped():
        jack = _period_slopes(cells)
        if not np.isfinite(jack.estimate).all() or not np.isfinite(jack.replicates).all():
            question.find(Finding(
                code="zero_variance", severity="refuse",
                message="In some period a score does not vary between units.",
            ))  # fmt: skip
    if question.is_stopped():
        question.row("observed", "change", method="period_slopes")
        return question.result(companion("linkage_period_slopes", question.base))
    df = cluster_df(cells, sizes, settings)
    if at is not None:
        _planned(question, jack, cells, at, df)
    else:
        _scan(question, jack, cells, df)
    refits = rolling_refits(jack, np.bincount(cells.period, minlength=cells.n_periods))
    question.find(alert_findings(refits, cells.period_index))
    _refit_row(question, refits, cells)
    return question.result(_table(question, jack, cells, refits))


def _period_slopes(cells: Cells) -> Jackknife:
    """Slope of y on x over units, one per period."""
    code = cells.cluster * cells.n_periods + cells.period
    size = cells.n_clusters * cells.n_periods
    x, y = cells.x - cells.x.mean(), cells.y - cells.y.mean()
    least = least_square(cells.x) / cells.n_periods
    flat = sums_by(code, size, np.ones(cells.n_cells), x, y, x * x, x * y)
    sums = flat.reshape(cells.n_clusters, cells.n_periods * 5)

    def statistic(s: np.ndarray) -> np.ndarray:
        n, sx, sy, sxx, sxy = np.moveaxis(s.reshape(*s.shape[:-1], cells.n_periods, 5), -1, 0)
        spread = sxx - sx * sx / n
        return (sxy - sx * sy / n) / np.where(spread > least, spread, np.nan)

    return jackknife(sums, statistic)


def _one_sided(cells: Cells, at: int | None) -> list[Finding]:
    """A planned date needs a period on each side."""
    if at is None or not cells.n_periods or cells.period_index[0] < at <= cells.period_index[-1]:
        return []
    return [Finding(
        code="too_few_periods", severity="refuse", value=0.0, threshold=1.0,
        message=f"No period with both scores lies on one side of the planned date (period index "
        f"{at}; periods run from {cells.period_index[0]} to {cells.period_index[-1]}).",
    )]  # fmt: skip


def _contrasts(n_periods: int, trim: int) -> np.ndarray:
    """One row per date: mean of the slopes from it on, less the mean of those before."""
    after = np.arange(n_periods)[None, :] >= np.arange(trim, n_periods - trim + 1)[:, None]
    return after / after.sum(axis=1, keepdims=True) - ~after / (~after).sum(axis=1, keepdims=True)


def _scan(question: Question, jack: Jackknife, cells: Cells, df: float) -> None:
    settings, g = question.settings, jack.n_clusters
    contrasts = _contrasts(cells.n_periods, TRIM)
    value = contrasts @ jack.estimate
    deviation = (jack.replicates.mean(axis=0) - jack.replicates) @ contrasts.T
    scale = (g - 1) / g
    error = np.sqrt(scale * (deviation**2).sum(axis=0))
    observed = np.abs(value) / error
    rng = np.random.default_rng(settings.seed)
    n_draws = settings.n_draws or DRAWS
    signs = rng.integers(0, 2, (n_draws, g)) * 2.0 - 1.0
    total = signs @ by_content(deviation)
    # variance of the signed, centred deviations: sum d^2 - (sum s d)^2 / G
    spread = np.sqrt(np.maximum((deviation**2).sum(axis=0) - total**2 / g, 1e-300))
    drawn = (np.abs(total) / spread).max(axis=1)
    best = int(observed.argmax())
    p = float((1 + (drawn >= observed[best]).sum()) / (n_draws + 1))
    date = int(cells.period_index[best + TRIM])
    question.row(
        "observed", "change", term=f"mean_e:from_{date}", estimate=float(value[best]),
        std_error=float(error[best]), statistic=float(value[best] / error[best]), p_value=p,
        conf_method="sup_t", df=df, method="period_slopes",
    )  # fmt: skip


def _planned(question: Question, jack: Jackknife, cells: Cells, at: int, df: float) -> None:
    after = cells.period_index >= at
    weights = after / after.sum() - ~after / (~after).sum()
    value, error = float(weights @ jack.estimate), float(np.sqrt(weights @ jack.cov @ weights))
    question.row(
        "observed", "change", term=f"mean_e:from_{at}", estimate=value, std_error=error,
        interval=t_interval(value, error, df, question.settings.conf_level), conf_method="cv3_t",
        statistic=value / error, p_value=t_p_value(value / error, df), df=df,
        mde=question.mde(error, df), method="period_slopes",
    )  # fmt: skip


def _refit_row(question: Question, refits: Refits, cells: Cells) -> None:
    """The latest block of periods against the first one; an alarm, not a test of its own."""
    if cells.n_periods <= BLOCK or not np.isfinite(refits.z[refits.latest]):
        return
    last, first = refits.latest, BLOCK - 1
    gap, z = float(refits.slope[last] - refits.slope[first]), float(refits.z[last])
    question.row(
        "rolling_refit", "change", term=f"mean_e:to_{cells.period_index[last]}",
        estimate=known(gap), std_error=known(gap / z) if z else None, statistic=known(z),
        method="period_slopes",
    )  # fmt: skip


def _table(
    question: Question, jack: Jackknife, cells: Cells, refits: Refits
) -> dict[str, pl.DataFrame]:
    columns = {"period_index": cells.period_index, "slope": jack.estimate,
               "std_error": jack.std_error, "refit_slope": refits.slope,
               "refit_std_error": refits.std_error, "refit_z": refits.z,
               "is_alert": refits.is_alert}  # fmt: skip
    return companion("linkage_period_slopes", question.base, columns)


def slope_change(
    panel: pl.DataFrame | pl.LazyFrame, *, at: int, group: str = "location_id",
    **options: Unpack[Options],
) -> tuple[float, float, float]:  # fmt: skip
    """Change of the pooled slope at a date: value, CV3 standard error, p-value.

    One regression on cells, ``y ~ x + x:post + period + group`` with indicator columns removed by
    demeaning, raw scores, no unit effects. It mixes differences between units with change inside
    them; use ``change`` for a reported row.

    >>> x = np.tile([1.0, 2.0, 4.0, 8.0], 10); t = np.repeat(np.arange(10), 4)
    >>> panel = pl.DataFrame({"unit_id": np.tile(list("abcd"), 10), "location_id":
    ...     np.tile(list("abcd"), 10), "period_id": t, "period_index": t, "mean_e": x + t % 3 * x,
    ...     "mean_c": (x + t % 3 * x) * (1 + (t >= 5))})
    >>> round(slope_change(panel, at=5)[0], 6)
    1.0
    """
    cells, _ = read_panel(panel, Settings(**options))
    _, place = np.unique(cells.frame[group].cast(pl.String).to_numpy(), return_inverse=True)
    post = (cells.period_index[cells.period] >= at).astype(float)
    x, moved, y = (
        remove_unit_and_period_means(v, place, cells.period, int(place.max()) + 1, cells.n_periods)
        for v in (cells.x, cells.x * post, cells.y)
    )
    sums = sums_by(
        cells.cluster, cells.n_clusters, x * x, x * moved, moved * moved, x * y, moved * y
    )

    def statistic(s: np.ndarray) -> np.ndarray:
        xx, xm, mm, xy, my = np.moveaxis(s, -1, 0)
        return ((my - xm * xy / xx) / (mm - xm * xm / xx))[..., np.newaxis]

    jack = jackknife(sums, statistic)
    value, error = float(jack.estimate[0]), float(jack.std_error[0])
    p = t_p_value(value / error, cells.n_clusters - 1) if error > 0 else float("nan")
    return value, error, known(p) or 0.0
