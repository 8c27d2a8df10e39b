"""Covariates of units as numeric columns, and the guards on them.

Here: reading covariates from the panel, coding categories, checking their number, size and
collinearity. Not here: the adjusted slopes (``adjusted``).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.linkage.demeaning import group_means
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
        if name == "log_headcount" and name not in cells.frame.columns:
            head = np.log(np.maximum(cells.frame["headcount"].fill_null(1.0).to_numpy(), 1.0))
            parts.append(group_means(head, cells.unit, cells.n_units)[:, None])
            continue
        if name not in cells.frame.columns:
            raise ValueError(f"covariate {name!r} is not a column of the panel")
        column = cells.frame[name]
        if column.dtype.is_numeric() and name not in categorical:
            values = column.cast(pl.Float64)
            filled = values.fill_null(strategy="mean").fill_null(0.0).to_numpy()
            parts.append(group_means(filled, cells.unit, cells.n_units)[:, None])
        else:
            indicators, rare = _indicators(column, cells)
            parts.append(indicators)
            found += _rare(name, rare)
    columns = np.hstack(parts)
    if not cells.n_units:
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
