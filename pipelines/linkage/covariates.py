"""Covariates of units as numeric columns, and the guards on them.

Here: reading covariates from the panel, coding categories, checking their number, size and
collinearity. Not here: the adjusted slopes (``adjusted``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells

MIN_LEVEL_UNITS, UNITS_PER_COVARIATE, MAX_CONDITION = 5, 15, 1e8


@dataclass(frozen=True)
class Design:
    """Columns (units x k), standardised, and what was found about them."""

    columns: np.ndarray
    findings: list[Finding]


def design_of(cells: Cells, names: tuple[str, ...], *, categorical: tuple[str, ...] = ()) -> Design:
    """Covariates per unit: numbers averaged over the unit's cells, categories as indicators."""
    parts, found = [np.empty((cells.n_units, 0))], []
    for name in names:
        column = _column(cells, name)
        if column.dtype.is_numeric() and name not in categorical:
            means, n_missing = _unit_means(column.cast(pl.Float64), cells)
            parts.append(means[:, None])
            found += _missing(name, n_missing, cells.n_units)
        else:
            indicators, rare = _indicators(column, cells)
            parts.append(indicators)
            found += _rare(name, rare)
    return standardised(np.hstack(parts), found)


def unit_values(cells: Cells, name: str) -> np.ndarray | None:
    """Unit means of a numeric covariate; ``None`` where some unit does not know it."""
    means, n_missing = _unit_means(_column(cells, name).cast(pl.Float64), cells)
    return None if n_missing else means


def _column(cells: Cells, name: str) -> pl.Series:
    if name == "log_headcount" and name not in cells.frame.columns:
        head = pl.when(pl.col("headcount") > 0).then(pl.col("headcount")).log()
        return cells.frame.select(head.alias(name)).to_series()
    if name not in cells.frame.columns:
        raise ValueError(f"covariate {name!r} is not a column of the panel")
    return cells.frame[name]


def _unit_means(column: pl.Series, cells: Cells) -> tuple[np.ndarray, int]:
    """Unit means over the cells that know the value, and how many units know none.

    Such a unit takes the mean of the others, which leaves its scores as they are.
    """
    values = column.fill_null(np.nan).to_numpy()
    known = np.isfinite(values)
    count = np.bincount(cells.unit[known], minlength=cells.n_units)
    total = np.bincount(cells.unit[known], values[known], cells.n_units)
    means = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    if not (count > 0).any():
        return np.zeros(cells.n_units), cells.n_units
    return np.where(count > 0, means, means[count > 0].mean()), int((count == 0).sum())


def _missing(name: str, n_missing: int, n_units: int) -> list[Finding]:
    if not n_missing:
        return []
    return [Finding(
        code="covariate_missing", severity="warn", n_affected=n_missing, n_total=n_units,
        message=f"{name} is unknown for {n_missing} of {n_units} units, which count as average.",
    )]  # fmt: skip


def standardised(columns: np.ndarray, found: list[Finding]) -> Design:
    """Columns (units x k) with mean 0 and SD 1, constant ones left out, and the guards on them."""
    if not len(columns):
        return Design(columns, found)
    spread = columns.std(axis=0)
    columns = (columns - columns.mean(axis=0))[:, spread > 1e-12] / spread[spread > 1e-12]
    return Design(columns, found + _size(columns))


def _indicators(column: pl.Series, cells: Cells) -> tuple[np.ndarray, int]:
    """One column per level but the first; a unit has the level of its first cell."""
    first = np.searchsorted(cells.unit, np.arange(cells.n_units))
    levels = column.cast(pl.String).fill_null("missing").gather(first).to_numpy()
    names, codes = np.unique(levels, return_inverse=True)
    counts = np.bincount(codes)
    return (codes[:, None] == np.arange(1, len(names))).astype(float), int(counts.min())


def _rare(name: str, smallest: int) -> list[Finding]:
    if smallest >= MIN_LEVEL_UNITS:
        return []
    return [Finding(
        code="rare_covariate_level", severity="refuse", value=float(smallest),
        threshold=float(MIN_LEVEL_UNITS),
        message=f"A level of {name} has only {smallest} units; {MIN_LEVEL_UNITS} are needed.",
    )]  # fmt: skip


def _size(columns: np.ndarray) -> list[Finding]:
    n, k = columns.shape
    if not k:
        return []
    found = []
    if k > n / UNITS_PER_COVARIATE:
        found.append(Finding(
            code="too_many_covariates", severity="refuse", value=float(k),
            threshold=n / UNITS_PER_COVARIATE,
            message=f"{k} covariate columns for {n} units; at most {int(n / UNITS_PER_COVARIATE)}.",
        ))  # fmt: skip
    condition = float(np.linalg.cond(columns.T @ columns))
    if condition > MAX_CONDITION:
        found.append(Finding(
            code="collinear_covariates", severity="refuse", value=condition,
            threshold=MAX_CONDITION, message="Covariates repeat each other.",
        ))  # fmt: skip
    return found
