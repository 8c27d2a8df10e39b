"""Items of a panel as sums of cross-products per cluster, with their error covariances.

Here: choosing usable items, unit means or two-way residuals, merging twins into themes. Not here:
shares of explained variance (``drivers``, ``shapley``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from pipelines.linkage.demeaning import (
    group_means,
    remove_means,
    remove_unit_and_period_means,
)  # fmt: skip
from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells
from pipelines.linkage.panel_columns import need_column, need_list, numbers
from pipelines.linkage.products import product_columns, symmetric
from pipelines.linkage.sampling_error import between_error, within_error
from pipelines.linkage.settings import Settings

MAX_ITEMS, MAX_MISSING, TWINS = 15, 0.20, 0.95


@dataclass(frozen=True)
class ItemSums:
    """Sums per cluster and how to read covariances of items and y (last) from totals."""

    names: list[str]
    raw_names: list[str]
    sums: np.ndarray
    theme: np.ndarray
    has_errors: bool

    @property
    def n_raw(self) -> int:
        """Items before any were merged into themes."""
        return len(self.raw_names)

    def covariances(self, totals: np.ndarray, *, corrected: bool) -> np.ndarray:
        """Covariance matrices (..., p+1, p+1) of themes and y."""
        q = self.n_raw + 1
        size = q * (q + 1) // 2
        n = totals[..., 0]
        mean = totals[..., 1 : q + 1] / n[..., None]
        cov = symmetric(totals[..., q + 1 : q + 1 + size] / n[..., None], q)
        cov = cov - mean[..., :, None] * mean[..., None, :]
        if corrected:
            error = symmetric(totals[..., q + 1 + size :] / n[..., None], q)
            cov = cov - error * (1 - 1 / n)[..., None, None]
        return self.theme @ cov @ self.theme.T


def with_items(cells: Cells, items: Sequence[str]) -> Cells:
    """Cells whose items are numbers, NaN missing; ValueError names an item that cannot be one."""
    need_list("items", items)
    for item in items:
        need_column(cells.frame, item, "item")
        if list(items).count(item) > 1:
            raise ValueError(f"item {item!r} is named twice")
    read = [numbers(cells.frame, item).alias(item) for item in items]
    return replace(cells, frame=cells.frame.with_columns(read))


def usable_items(cells: Cells, items: list[str]) -> tuple[list[str], list[Finding]]:
    """Items that most cells have."""
    share = {i: cells.frame[i].null_count() / max(cells.n_cells, 1) for i in items}
    sparse = [i for i in items if share[i] >= MAX_MISSING]
    kept = [i for i in items if share[i] < MAX_MISSING]
    found = []
    if sparse:
        found.append(Finding(
            code="item_missing", severity="warn", n_affected=len(sparse), n_total=len(items),
            threshold=MAX_MISSING,
            message=f"{', '.join(sparse)}: missing in 20% of the cells or more, left out.",
        ))  # fmt: skip
    if len(kept) > MAX_ITEMS:
        found.append(Finding(
            code="too_many_items", severity="refuse", value=float(len(kept)),
            threshold=float(MAX_ITEMS), message=f"{len(kept)} items; at most {MAX_ITEMS}.",
        ))  # fmt: skip
    if len(kept) < 2:
        found.append(Finding(
            code="too_few_items", severity="refuse", value=float(len(kept)), threshold=2.0,
            message=f"{len(kept)} usable items.",
        ))  # fmt: skip
    return kept, found


def item_sums(
    cells: Cells, settings: Settings, items: list[str], errors: pl.DataFrame | None, level: str
) -> tuple[ItemSums, list[Finding]]:
    """Sums for unit means (``between``) or two-way residuals (``within``)."""
    columns = [*(cells.frame[i].to_numpy() for i in items), cells.y]
    if level == "between":
        columns = [
            group_means(remove_means(v, cells.period, cells.n_periods), cells.unit, cells.n_units)
            for v in columns
        ]
        cluster = cells.unit_cluster
    else:
        columns = [
            remove_unit_and_period_means(
                v, cells.unit, cells.period, cells.n_units, cells.n_periods
            )
            for v in columns
        ]
        cluster = cells.cluster
    values = np.column_stack(columns)
    upper = np.triu_indices(values.shape[1])
    noise = _noise(cells, settings, items, errors, level, upper)
    per_row = [np.ones(len(values)), *values.T]
    per_row += product_columns(values)
    sums = np.column_stack([np.bincount(cluster, v, cells.n_clusters) for v in per_row])
    per_unit = np.column_stack([
        np.bincount(cells.unit_cluster, column, cells.n_clusters) for column in noise.T
    ])  # fmt: skip
    raw = ItemSums(items, items, np.hstack([sums, per_unit]), np.eye(len(items) + 1),
                   errors is not None and bool(np.isfinite(per_unit).all()))  # fmt: skip
    return _with_themes(raw)


def _noise(
    cells: Cells, settings: Settings, items: list[str], errors: pl.DataFrame | None, level: str,
    upper: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:  # fmt: skip
    """Error covariances per unit, upper triangle of (items, y); zero where nothing is known."""
    out = np.zeros((cells.n_units, len(upper[0])))
    if errors is None:
        return out
    own = (between_error(cells, settings, "y", np.ones(cells.n_units)) if level == "between"
           else within_error(cells, settings, "y"))  # fmt: skip
    out[:, len(upper[0]) - 1] = own.columns[0]
    place = {(int(i), int(j)): k for k, (i, j) in enumerate(zip(*upper, strict=True))}
    units = cells.frame["unit_id"].cast(pl.String).unique().sort()
    wanted = errors.with_columns(pl.col("unit_id").cast(pl.String)).filter(
        pl.col("unit_id").is_in(units.implode())
    )
    number = {name: k for k, name in enumerate(items)}
    for (a, b), group in wanted.group_by("item_a", "item_b", maintain_order=True):
        if a not in number or b not in number:
            continue
        i, j = sorted((number[str(a)], number[str(b)]))
        at = group["unit_id"].cast(pl.Enum(units)).to_physical().to_numpy()
        out[at, place[(i, j)]] = group[f"error_{level}"].to_numpy()
    return out


def _with_themes(raw: ItemSums) -> tuple[ItemSums, list[Finding]]:
    """Items that correlate above .95 become one theme, their mean."""
    cov = raw.covariances(raw.sums.sum(axis=0), corrected=False)[:-1, :-1]
    sd = np.sqrt(np.maximum(np.diag(cov), 1e-300))
    twins = cov / (sd[:, None] * sd[None, :]) > TWINS
    label = list(range(raw.n_raw))
    for i in range(raw.n_raw):
        for j in range(i + 1, raw.n_raw):
            if twins[i, j] and label[i] != label[j]:
                label = [label[i] if v == label[j] else v for v in label]
    groups = [[i for i in range(raw.n_raw) if label[i] == g] for g in dict.fromkeys(label)]
    if len(groups) == raw.n_raw:
        return raw, []
    theme = np.zeros((len(groups) + 1, raw.n_raw + 1))
    theme[-1, -1] = 1.0
    for row, members in enumerate(groups):
        theme[row, members] = 1 / len(members)
    names = ["+".join(raw.names[i] for i in members) for members in groups]
    found = [Finding(
        code="redundant_items", severity="warn", n_affected=raw.n_raw - len(groups),
        n_total=raw.n_raw, threshold=TWINS,
        message=f"Items that correlate above .95 were merged: {', '.join(names)}.",
    )]  # fmt: skip
    return ItemSums(names, raw.names, raw.sums, theme, raw.has_errors), found
