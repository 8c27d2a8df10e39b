"""Results that would give one unit away are refused, unless everything is public."""

from __future__ import annotations

import polars as pl
import pytest
from panels import panel

from pipelines.linkage import adjusted, between


def with_giant(distance: float) -> pl.DataFrame:
    """40 units of which one lies far from the others."""
    data = panel(10, 4, noise=0.1)
    giant = pl.col("unit_id") == "u0000"
    return data.with_columns(
        pl.when(giant).then(60.0 + distance).otherwise("mean_e").alias("mean_e")
    )


def test_a_slope_that_hangs_on_one_unit_is_refused_whole() -> None:
    rows = between(with_giant(60.0)).estimates
    assert set(rows["verdict"]) == {"refused"} and set(rows["guard_code"]) == {"disclosure"}
    assert rows["estimate"].null_count() == len(rows)


def test_near_miss_and_public_cells_are_shown() -> None:
    assert "disclosure" not in between(with_giant(8.0)).codes()
    assert "disclosure" not in between(with_giant(60.0), public_cells=True).codes()


@pytest.mark.parametrize("label", ["period", "period,region_id", "period,location_id"])
def test_rungs_are_judged_each_by_itself(label: str) -> None:
    rows = adjusted(with_giant(60.0)).estimates.filter(adjusted_for=label)
    assert set(rows["guard_code"]) == {"disclosure"}
