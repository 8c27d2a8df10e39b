"""Lead and lag: which score moves first, and by how many periods?

Here: the profile of within-unit slopes over lags, its simultaneous band, the set of lags that
cannot be told apart, and the direction. Not here: tests of prediction (Granger and kin); with noisy
scores they find both directions where there is only a link in the same period.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import polars as pl

from pipelines.linkage.companions import companion
from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding
from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.intervals import Interval, known, normal_p_value, t_quantile
from pipelines.linkage.lag_direction import direction_of, lag_set_of
from pipelines.linkage.overlapping_windows import overlapping_windows
from pipelines.linkage.panel import Cells
from pipelines.linkage.panel_columns import with_scores
from pipelines.linkage.question import Question
from pipelines.linkage.repeats import without_repeats
from pipelines.linkage.sample_checks import least_square, size_findings
from pipelines.linkage.settings import Options, Settings
from pipelines.linkage.sums import Jackknife, bootstrap_totals, jackknife
from pipelines.linkage.unit_moments import cluster_df
from pipelines.linkage.wording import counted

MIN_PERIODS, MIN_PER_LAG, DEFAULT_LAGS = 8, 50, 4
DRAWS, SUP_DRAWS = 2000, 999


@dataclass(frozen=True)
class Grids:
    """Both scores as units x periods, missing as NaN, with the cluster of each unit."""

    x: np.ndarray
    y: np.ndarray
    cluster: np.ndarray
    n_clusters: int


def lag_profile(
    panel: pl.DataFrame | pl.LazyFrame, *, max_lag: int | None = None, **options: Unpack[Options]
) -> Linkage:
    """Within-unit slope of the customer score on the employee score k periods earlier.

    Measures at which shift the two scores move together most; k > 0 means employees first. It
    misleads when a third cause reaches employees first and customers later: that looks the same.
    Strong persistence makes the set of lags wide (rightly), and lags beside the peak can have the
    opposite sign only because unit means were removed.

    For each k every pair of periods that exists is used, unit and period means of that sample
    removed; ``b_k``, ``t_k = b_k / SE_k`` (delete-one-cluster jackknife). The band is simultaneous
    (sup-t; Montiel Olea and Plagborg-Moller 2019); the lag set holds 95% of bootstrap draws of the
    largest ``|t|``. ``max_lag`` defaults to 4, fewer when periods are few.

    >>> rng = np.random.default_rng(5)
    >>> mood = rng.normal(0, 1, (60, 14))
    >>> service = np.roll(mood, 2, axis=1) + rng.normal(0, 1, (60, 14))
    >>> panel = pl.DataFrame({
    ...     "unit_id": np.repeat([f"u{i:02d}" for i in range(60)], 12),
    ...     "location_id": np.repeat([f"l{i // 3:02d}" for i in range(60)], 12),
    ...     "period_id": np.tile([f"p{t:02d}" for t in range(12)], 60),
    ...     "mean_e": mood[:, 2:].ravel(), "mean_c": service[:, 2:].ravel()})
    >>> row = lag_profile(panel, max_lag=3).row(term="argmax")
    >>> row["lag"], row["lag_set"], row["direction"]
    (2, '2', 'employees_lead')
    """
    if max_lag is not None and (max_lag < 1 or max_lag != int(max_lag)):
        raise ValueError(f"max_lag={max_lag}: a whole number of periods, 1 or more, is wanted")
    settings = Settings(**options)
    cells, findings = read_panel(panel, settings)
    cells, repeated = without_repeats(cells, settings)
    question = Question("lag", "unit_period", settings, cells)
    grids = _grids(panel, cells, settings, bool(repeated))
    n_periods = grids.x.shape[1]
    if max_lag is None:
        max_lag = int(np.clip((n_periods - 2) // 2, 1, DEFAULT_LAGS))
    sizes = np.bincount(cells.cluster, minlength=max(cells.n_clusters, 1))
    question.find(findings, repeated, size_findings(cells, sizes))
    question.find(_period_findings(cells, grids, settings, max_lag))
    lags = np.arange(-max_lag, max_lag + 1)
    if question.is_stopped() or cells.n_clusters < 2:
        return _refused(question, lags)
    sums, n_pairs, still = _sums(grids, lags)
    question.find(_still_findings(still))
    if question.is_stopped():
        return _refused(question, lags)
    jack = jackknife(sums, _slopes)
    draws = _draws(sums, settings)
    df = cluster_df(cells, sizes, settings)
    return question.result(_profile(question, lags, jack, draws, n_pairs, df))


def _refused(question: Question, lags: np.ndarray) -> Linkage:
    for lag in lags:
        question.row("observed", "slope", lag=int(lag), method="two_way_fe")
    question.row("observed", "index", term="argmax", method="sup_t")
    return question.result(companion("linkage_lag_profiles", question.base))


def _still_findings(still: np.ndarray) -> list[Finding]:
    """Lags at which a score does not move once unit and period means are removed."""
    if not still.any():
        return []
    everywhere = bool(still.all())
    return [Finding(
        code="no_within_variation" if everywhere else "too_few_units_per_lag", severity="refuse",
        n_affected=int(still.sum()), n_total=len(still),
        message="Nothing moves within units once unit and period means are removed."
        if everywhere else f"At {still.sum()} of {len(still)} lags too few pairs of periods are "
        "left to move.",
    )]  # fmt: skip


def _grids(
    panel: pl.DataFrame | pl.LazyFrame, cells: Cells, settings: Settings, kept_only: bool
) -> Grids:
    """Each score where it exists, also in cells that lack the other one."""
    frame = cells.frame if kept_only else with_scores(panel)
    known_units = cells.frame["unit_id"].cast(pl.String).unique().sort()
    frame = frame.with_columns(pl.col("unit_id").cast(pl.String)).filter(
        pl.col("unit_id").is_in(known_units.implode())
    )
    unit = frame["unit_id"].cast(pl.Enum(known_units)).to_physical().to_numpy().astype(np.int64)
    index = frame["period_index"].to_numpy().astype(np.int64)
    # lag arithmetic runs on the calendar, so a period nobody answered is a column without scores
    start = int(index.min()) if len(index) else 0
    shape = (cells.n_units, int(index.max()) - start + 1 if len(index) else 0)
    if shape[0] * shape[1] > 60 * max(len(frame), 1):
        shape = (cells.n_units, 0)
    grids = []
    for column, n in (("mean_e", "n_e"), ("mean_c", "n_c")):
        grid = np.full(shape, np.nan)
        if shape[1]:
            enough = pl.col(n).fill_null(np.inf) >= settings.min_n
            values = frame.select(pl.when(enough).then(column).fill_null(np.nan)).to_series()
            grid[unit, index - start] = values.to_numpy()
        grids.append(grid)
    return Grids(grids[0], grids[1], cells.unit_cluster, cells.n_clusters)


def _period_findings(cells: Cells, grids: Grids, settings: Settings, max_lag: int) -> list[Finding]:
    found = overlapping_windows(cells, settings)
    need = max(MIN_PERIODS, 2 * max_lag + 2)
    if cells.n_periods < need:
        found.append(Finding(
            code="too_few_periods", severity="refuse", value=float(cells.n_periods),
            threshold=float(need),
            message=f"{counted(cells.n_periods, 'period')} cannot order the two series; {need} are "
            "needed.",
        ))  # fmt: skip
        return found
    gaps = np.diff(cells.period_index)
    if len(gaps) and (gaps != 1).mean() > 0.2:
        found.append(Finding(
            code="unequal_spacing", severity="refuse", n_affected=int((gaps != 1).sum()),
            n_total=len(gaps), message="Period numbers are not consecutive.",
        ))  # fmt: skip
        return found
    present = [int(_mask(grids, k).any(axis=1).sum()) for k in range(-max_lag, max_lag + 1)]
    if min(present) < MIN_PER_LAG:
        found.append(Finding(
            code="too_few_units_per_lag", severity="refuse", value=float(min(present)),
            threshold=float(MIN_PER_LAG),
            message=f"Units present at some lag: {min(present)}; {MIN_PER_LAG} are needed.",
        ))  # fmt: skip
    return found


def _windows(grids: Grids, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """x at t - lag beside y at t."""
    n_periods = grids.x.shape[1]
    if lag >= 0:
        return grids.x[:, : n_periods - lag], grids.y[:, lag:]
    return grids.x[:, -lag:], grids.y[:, : n_periods + lag]


def _mask(grids: Grids, lag: int) -> np.ndarray:
    x, y = _windows(grids, lag)
    return np.isfinite(x) & np.isfinite(y)


def _residual(values: np.ndarray, mask: np.ndarray, tolerance: float = 1e-9) -> np.ndarray:
    """Two-way residuals of a grid over its mask, zero elsewhere."""
    rows, columns = np.maximum(mask.sum(axis=1), 1), np.maximum(mask.sum(axis=0), 1)
    out = np.where(mask, values, 0.0)
    limit = tolerance * max(float(out[mask].std()), 1e-300)
    complete = bool(mask.all())
    for step in range(500):
        shift = out.sum(axis=0) / columns
        if step and (complete or np.abs(shift).max() < limit):
            break
        out -= shift
        if not complete:
            out *= mask
        out -= (out.sum(axis=1) / rows)[:, None]
        if not complete:
            out *= mask
    return out


def _sums(grids: Grids, lags: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per cluster sum xy, then sum xx of each lag; pairs per lag; lags where nothing moves."""
    columns, pairs, still = [], [], []
    for lag in lags:
        x, y = _windows(grids, int(lag))
        mask = np.isfinite(x) & np.isfinite(y)
        dx, dy = _residual(x, mask), _residual(y, mask)
        moved = [(d * d).sum() > least_square(v[mask]) for d, v in ((dx, x), (dy, y))]
        still.append(not all(moved))
        columns.append((np.einsum("ut,ut->u", dx, dy), np.einsum("ut,ut->u", dx, dx)))
        pairs.append(int(mask.sum()))
    per_unit = [c[0] for c in columns] + [c[1] for c in columns]
    sums = np.column_stack([np.bincount(grids.cluster, v, grids.n_clusters) for v in per_unit])
    return sums, np.array(pairs), np.array(still)


def _slopes(s: np.ndarray) -> np.ndarray:
    half = s.shape[-1] // 2
    return s[..., :half] / s[..., half:]


def _draws(sums: np.ndarray, settings: Settings) -> np.ndarray:
    n_draws = settings.n_draws or DRAWS
    return np.vstack([_slopes(t) for t in bootstrap_totals(sums, n_draws, settings.seed)])


def _profile(
    question: Question,
    lags: np.ndarray,
    jack: Jackknife,
    draws: np.ndarray,
    n_pairs: np.ndarray,
    df: float,
) -> dict[str, pl.DataFrame]:
    """Rows per lag, the argmax row, and the companion table."""
    b, error, level = jack.estimate, jack.std_error, question.settings.conf_level
    t = b / error
    deviation = np.abs(draws[:SUP_DRAWS] - b) / error
    # draws deviate as a normal does; t_k has the tails of its few clusters, so the value is mapped
    normal = float(np.quantile(deviation.max(axis=1), level))
    critical = t_quantile(1 - normal_p_value(normal) / 2, df)
    chosen = np.bincount(np.abs(draws / error).argmax(axis=1), minlength=len(lags)) / len(draws)
    kept = lag_set_of(lags, chosen, level)
    direction = direction_of(lags, t, critical, kept)
    shared: dict[str, Any] = {"df": df, "conf_method": "sup_t"}
    for i, lag in enumerate(lags):
        half = critical * error[i]
        question.row(
            "observed", "slope", interval=Interval(float(b[i] - half), float(b[i] + half)),
            lag=int(lag), estimate=known(b[i]), std_error=known(error[i]), statistic=known(t[i]),
            n_cells=int(n_pairs[i]), method="two_way_fe", **shared,
        )  # fmt: skip
    best = int(np.abs(t).argmax())
    question.row(
        "observed", "index", term="argmax", lag=int(lags[best]), estimate=float(lags[best]),
        statistic=known(t[best]), lag_set=",".join(str(k) for k in kept), lag_set_low=min(kept),
        lag_set_high=max(kept), direction=direction, method="sup_t",
        n_cells=int(n_pairs[best]), **shared,
    )  # fmt: skip
    columns = {
        "lag": lags, "slope": b, "std_error": error, "statistic": t,
        "band_low": b - critical * error, "band_high": b + critical * error,
        "critical_value": np.full(len(lags), critical), "n_pairs": n_pairs,
        "share_of_draws": chosen, "is_in_lag_set": np.isin(lags, kept),
    }  # fmt: skip
    return companion("linkage_lag_profiles", question.base, columns)
