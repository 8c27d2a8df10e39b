"""Scores copied from one period into the next.

Here: how many consecutive cells repeat mean, variance and n exactly, and the cells without them. A
copied survey looks like many waves and is one, also when copies were rounded or blurred a little.
Not here: what within or lag do about it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.linkage.demeaning import remove_means
from pipelines.linkage.guards import Finding
from pipelines.linkage.panel import Cells, cells_of
from pipelines.linkage.sample_checks import is_flat
from pipelines.linkage.settings import Settings

LIMIT = 0.20
STILL = 0.10
"""Movement below this share of the sampling variance is that of no survey taken anew; a crew that
answers every time still moves by a third of it or more."""


def _repeats(cells: Cells, side: str) -> np.ndarray | None:
    """Whether each cell repeats the one before it in its unit; ``None`` when counts are unknown."""
    frame = cells.frame
    columns = [frame[f"{name}_{side}"] for name in ("mean", "var", "n")]
    if all(c.null_count() == len(c) for c in columns[1:]):
        return None
    same = np.zeros(len(frame), dtype=bool)
    same[1:] = cells.unit[1:] == cells.unit[:-1]
    for value in (c.to_numpy() for c in columns):
        unknown = np.isnan(value)
        same[1:] &= (value[1:] == value[:-1]) | (unknown[1:] & unknown[:-1])
    return same


def without_repeats(cells: Cells, settings: Settings) -> tuple[Cells, list[Finding]]:
    """Cells for change over time: repeats left out above 20%, all repeats refused.

    A score that does not vary at all, or not within units beyond a blur, refuses first, whatever
    its variance or n do.
    """
    found = _constant(cells, settings)
    followers = np.zeros(cells.n_cells, dtype=bool)
    followers[1:] = cells.unit[1:] == cells.unit[:-1]
    n_pairs = int(followers.sum())
    drop = np.zeros(cells.n_cells, dtype=bool)
    for side, name in (("e", settings.x_measure), ("c", settings.y_measure)):
        same = _repeats(cells, side)
        if found or same is None or not n_pairs:
            continue
        share = float(same.sum() / n_pairs)
        if share >= 1:
            found.append(_copied(name, n_pairs))
        elif share > LIMIT:
            drop |= same
            found.append(Finding(
                code="repeated_values", severity="warn", value=share, threshold=LIMIT,
                n_affected=int(same.sum()), n_total=n_pairs,
                message=f"{share:.0%} of consecutive cells of {name} repeat mean, variance and n "
                "exactly; the repeats were left out.",
            ))  # fmt: skip
    if drop.any():
        kept = cells_of(cells.frame.filter(pl.Series(~drop)), settings)
        cells = kept
    return cells, found


def _copied(name: str, n_pairs: int) -> Finding:
    return Finding(
        code="no_within_variation", severity="refuse", value=1.0, threshold=LIMIT,
        n_affected=n_pairs, n_total=n_pairs,
        message=f"{name} is the same in every period of a unit: one survey copied forward?",
    )  # fmt: skip


def _constant(cells: Cells, settings: Settings) -> list[Finding]:
    if cells.n_periods < 2 or cells.n_cells == cells.n_units:
        return []
    found = []
    sides = (
        (cells.x, cells.error_x, settings.x_measure),
        (cells.y, cells.error_y, settings.y_measure),
    )
    for values, error, name in sides:
        if is_flat(values):
            found.append(Finding(
                code="zero_variance", severity="refuse", n_affected=cells.n_cells,
                n_total=cells.n_cells, message=f"{name} has one value in all cells.",
            ))  # fmt: skip
            continue
        first = np.searchsorted(cells.unit, np.arange(cells.n_units))
        if is_flat(values - values[first][cells.unit], values) or _is_still(cells, values, error):
            found.append(_copied(name, cells.n_cells - cells.n_units))
    return found


def _is_still(cells: Cells, values: np.ndarray, error: np.ndarray) -> bool:
    """Whether scores move within units far less than so many answers, asked anew, would."""
    repeated = cells.periods_per_unit[cells.unit] > 1
    if not np.isfinite(error).all() or not repeated.any():
        return False
    moved = remove_means(
        remove_means(values, cells.period, cells.n_periods), cells.unit, cells.n_units
    )
    allowed = float((error * (1 - 1 / cells.periods_per_unit[cells.unit])).sum())
    return float(moved @ moved) < STILL * allowed
