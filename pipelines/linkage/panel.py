"""From the panel table to arrays: pair the two sides, count what is left out, code the groups.

Here: the cells of one measure pair that enter, their sampling variances, integer codes in a
canonical order. Not here: which columns a panel has (``panel_columns``), whether the input is sane
(``input_checks``) or estimating anything.

Cells are sorted by unit and period, so no result depends on the order of rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from pipelines.linkage.panel_columns import need_column, with_scores
from pipelines.linkage.settings import Settings

DEFAULT_CLUSTER = "location_id"
SUPPRESSED = ("below_threshold", "suppressed_at_source", "earlier_release", "complementary")


@dataclass(frozen=True)
class Cells:
    """Cells with both scores, as arrays sorted by unit and period."""

    frame: pl.DataFrame
    unit: np.ndarray
    period: np.ndarray
    unit_cluster: np.ndarray
    n_units: int
    n_clusters: int
    n_periods: int
    period_index: np.ndarray
    x: np.ndarray
    y: np.ndarray
    n_x: np.ndarray
    n_y: np.ndarray
    error_x: np.ndarray
    error_y: np.ndarray
    cluster_name: str
    n_rows: int
    n_rows_x: int
    n_rows_y: int
    n_dropped: int
    n_units_suppressed: int
    share_headcount_suppressed: float | None
    n_units_moved: int

    @property
    def n_cells(self) -> int:
        return len(self.x)

    @property
    def cluster(self) -> np.ndarray:
        """Cluster code of each cell."""
        return self.unit_cluster[self.unit]

    @property
    def cluster_names(self) -> np.ndarray:
        """Name of each cluster code; a unit that moves counts where it was first."""
        first = np.searchsorted(self.unit, np.arange(self.n_units))
        names = np.empty(self.n_clusters, dtype=object)
        names[self.unit_cluster] = self.frame["_cluster"].gather(first).to_numpy()
        return names

    @property
    def errors_known(self) -> bool:
        """Whether every cell has a sampling variance on both sides."""
        return bool(np.isfinite(self.error_x).all() and np.isfinite(self.error_y).all())

    @property
    def periods_per_unit(self) -> np.ndarray:
        return np.bincount(self.unit, minlength=self.n_units)


def _codes(column: pl.Series) -> tuple[np.ndarray, int]:
    """Integer codes in sorted order of the values, so that codes do not depend on row order."""
    text = column.cast(pl.String)
    categories = text.unique().sort()
    codes = text.cast(pl.Enum(categories)).to_physical()
    return codes.to_numpy().astype(np.int64), len(categories)


def _sampling_variance(frame: pl.DataFrame, side: str, fpc: bool) -> np.ndarray:
    """Sampling variance of cell means; cells without own variance use the period's pooled one."""
    n, var = (frame[f"{column}_{side}"].to_numpy() for column in ("n", "var"))
    if not fpc and (n > 1).all() and not np.isnan(var).any():
        return var / n
    return frame.select(_error(side, fpc)).to_series().to_numpy()


@cache
def _error(side: str, fpc: bool) -> pl.Expr:
    n, var = pl.col(f"n_{side}"), pl.col(f"var_{side}")
    own = (n > 1) & var.is_not_null()
    pooled = ((n - 1) * var).filter(own).sum() / (n - 1).filter(own).sum()
    pooled = pl.when(own.sum() > 0).then(pooled)
    var = pl.when(own).then(var).otherwise(pooled.over("period_index"))
    error = var / n
    if fpc:
        error = error * (1 - n / pl.col("headcount")).clip(0, 1).fill_null(1.0)
    return error.cast(pl.Float64).alias("error")


def _suppression(panel: pl.DataFrame, kept: pl.DataFrame) -> tuple[int, float | None]:
    """Units that never show both scores although rows exist, and their share of the headcount."""
    status = [c for c in ("x_status", "y_status") if c in panel.columns]
    if not status:
        return 0, None
    hidden = panel.filter(pl.any_horizontal(pl.col(c).is_in(SUPPRESSED) for c in status))
    gone = hidden.join(kept, on="unit_id", how="anti").get_column("unit_id").n_unique()
    total = float(panel["headcount"].sum())
    share = float(hidden["headcount"].sum()) / total if total else None
    return gone, share


def _with_cluster(kept: pl.DataFrame, name: str) -> tuple[pl.DataFrame, str]:
    """Adds the cluster column; units without a cluster stand for themselves."""
    if name not in kept.columns and name == DEFAULT_CLUSTER:
        name = "unit_id"
    need_column(kept, name, "cluster")
    return kept.with_columns(_cluster(name)), name


@cache
def _cluster(name: str) -> pl.Expr:
    own = pl.concat_str(pl.lit("unit:"), pl.col("unit_id").cast(pl.String))
    return pl.coalesce(pl.col(name).cast(pl.String), own).alias("_cluster")


def cells_of(panel: pl.DataFrame | pl.LazyFrame, settings: Settings) -> Cells:
    """Cells that enter an estimate: both scores present, at least ``min_n`` answers where known."""
    return cells_of_scored(with_scores(panel), settings)


def cells_of_scored(panel: pl.DataFrame, settings: Settings) -> Cells:
    """``cells_of`` for a panel that has every column the estimators read (``with_scores``)."""
    heard_x, heard_y = (~np.isnan(panel[f"mean_{side}"].to_numpy()) for side in "ec")
    enters = heard_x & heard_y & _enough(panel, settings.min_n)
    kept = panel if enters.all() else panel.filter(pl.Series(enters))
    kept, cluster_name = _with_cluster(kept, settings.cluster)
    unit, n_units = _codes(kept["unit_id"])
    cluster, n_clusters = _codes(kept["_cluster"])
    indices = np.unique(kept["period_index"].to_numpy())
    period = np.searchsorted(indices, kept["period_index"].to_numpy())
    key = unit * max(len(indices), 1) + period
    if (np.diff(key) < 0).any():
        order = np.argsort(key, kind="stable")
        kept, unit, cluster, period = kept[order], unit[order], cluster[order], period[order]
    unit_cluster = np.zeros(n_units, dtype=np.int64)
    unit_cluster[unit[::-1]] = cluster[::-1]
    moved = np.unique(unit[unit_cluster[unit] != cluster]).size
    if moved:
        used, unit_cluster = np.unique(unit_cluster, return_inverse=True)
        n_clusters = len(used)
    if n_clusters == n_units:
        cluster_name = "unit_id"
    n_suppressed, share = _suppression(panel, kept)
    n_rows, n_rows_x, n_rows_y = (int(v.sum()) for v in (heard_x | heard_y, heard_x, heard_y))
    return Cells(
        frame=kept, unit=unit, period=period, unit_cluster=unit_cluster, n_units=n_units,
        n_clusters=n_clusters, n_periods=len(indices), period_index=indices,
        x=kept["mean_e"].to_numpy(), y=kept["mean_c"].to_numpy(),
        n_x=kept["n_e"].to_numpy(), n_y=kept["n_c"].to_numpy(),
        error_x=_sampling_variance(kept, "e", settings.fpc),
        error_y=_sampling_variance(kept, "c", False),
        cluster_name=cluster_name, n_rows=n_rows, n_rows_x=n_rows_x, n_rows_y=n_rows_y,
        n_dropped=n_rows - len(kept),
        n_units_suppressed=n_suppressed, share_headcount_suppressed=share, n_units_moved=moved,
    )  # fmt: skip


def _enough(panel: pl.DataFrame, min_n: int) -> np.ndarray:
    """Whether a row is of so many answers on both sides; an unknown number is enough."""
    n_x, n_y = (panel[f"n_{side}"].to_numpy() for side in "ec")
    return ~((n_x < min_n) | (n_y < min_n))
