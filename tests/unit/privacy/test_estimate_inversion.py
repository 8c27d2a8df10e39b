"""Working a hidden unit out of an estimate: possible where it was counted in, not as released.

The attacker knows the released scores of all other units, the published slope and r, and how they
are computed. Two numbers he does not know, the unit's two scores, stand against two equations.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest
from scipy.optimize import least_squares

from pipelines import linkage
from pipelines.audit.report import audit_release
from pipelines.publishing.rounding import round_estimates
from tests.unit.linkage.panels import panel
from tests.unit.privacy.release_files import answers, publish, world

HIDDEN = "u0007"
CELLS = panel(60, 1, 1, slope=1.0, seed=4)
NEAR = 1.0
"""Points within which a score counts as found."""


def estimates(cells: pl.DataFrame) -> pl.DataFrame:
    return linkage.between(cells, respondent_overlap="none").estimates


def without_hidden(cells: pl.DataFrame) -> pl.DataFrame:
    """The panel as the mask leaves it: the unit's cell holds no score and no count."""
    is_hidden = pl.col("unit_id") == HIDDEN
    scores = ("n_e", "mean_e", "var_e", "n_c", "mean_c", "var_c")
    return cells.with_columns(pl.when(~is_hidden).then(c).alias(c) for c in scores)


def worked_out(published: pl.DataFrame, known: pl.DataFrame) -> list[tuple[float, float]]:
    """Every pair of scores of one more unit that gives the published slope and r."""
    told = {
        kind: published.filter(effect_type=kind, component="observed")["estimate"][0]
        for kind in ("slope", "r")
    }
    x, y = known["mean_e"].to_numpy(), known["mean_c"].to_numpy()

    def misses(unknown: np.ndarray) -> list[float]:
        both = np.cov(np.append(x, unknown[0]), np.append(y, unknown[1]))
        slope = both[0, 1] / both[0, 0]
        return [slope - told["slope"], slope * np.sqrt(both[0, 0] / both[1, 1]) - told["r"]]

    starts = [(a, b) for a in range(35, 90, 5) for b in range(-60, 61, 15)]
    found = [least_squares(misses, s, xtol=1e-14, ftol=1e-14) for s in starts]
    points = [tuple(f.x) for f in found if f.cost < 1e-16]
    return list({(round(a, 2), round(b, 2)): (a, b) for a, b in points}.values())


def is_found(points: list[tuple[float, float]]) -> bool:
    """Whether few candidates are left and the unit's true scores are one of them."""
    x, y = CELLS.filter(unit_id=HIDDEN).select("mean_e", "mean_c").row(0)
    near = [p for p in points if abs(p[0] - x) < NEAR and abs(p[1] - y) < NEAR]
    return bool(near) and len(points) <= 4


def test_a_hidden_unit_is_worked_out_of_estimates_made_without_the_mask() -> None:
    known = CELLS.filter(pl.col("unit_id") != HIDDEN)
    assert is_found(worked_out(estimates(CELLS), known))


@pytest.mark.parametrize("rounded", [False, True])
def test_no_hidden_unit_is_worked_out_of_estimates_made_with_it(rounded: bool) -> None:
    known = CELLS.filter(pl.col("unit_id") != HIDDEN)
    found = estimates(without_hidden(CELLS))
    assert not is_found(worked_out(round_estimates(found) if rounded else found, known))


def test_estimates_made_with_the_mask_are_the_same_whatever_it_hides() -> None:
    is_hidden = pl.col("unit_id") == HIDDEN
    other = CELLS.with_columns(
        pl.when(is_hidden).then(pl.col(c) - 30).otherwise(c).alias(c) for c in ("mean_e", "mean_c")
    )
    assert not estimates(CELLS).equals(estimates(other))
    assert estimates(without_hidden(CELLS)).equals(estimates(without_hidden(other)))


def test_the_audit_stops_estimates_made_without_the_mask(tmp_path: Path) -> None:
    """The panel's counts are those of the cells of a release that hides one unit of three."""
    counts = {HIDDEN: 3, "u0003": 9}
    rows = [row for u in CELLS["unit_id"] for row in answers(u, "Bergen", counts.get(u, 12))]
    publish(world(rows), tmp_path)
    path = tmp_path / "r1" / "all" / "parquet" / "linkage_estimates.parquet"
    sized = CELLS.with_columns(n_e=pl.col("unit_id").replace_strict(counts, default=12))
    for cells, attacks in ((sized, {"inversion"}), (_as_released(sized, tmp_path), set())):
        estimates(cells).with_columns(x_measure=pl.lit("engagement")).write_parquet(path)
        found = audit_release(tmp_path / "r1", tmp_path).findings
        assert {f.attack for f in found} == attacks


def _as_released(cells: pl.DataFrame, folder: Path) -> pl.DataFrame:
    released = pl.read_parquet(
        folder / "r1" / "all" / "parquet" / "employee_unit_period_metrics.parquet"
    ).filter(pl.col("value").is_not_null(), unit_level="unit")
    units = released["unit_id"].str.split("@").list.first()
    return cells.filter(pl.col("unit_id").is_in(units.implode()))
