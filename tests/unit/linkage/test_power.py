"""Power of panels too small to be told of."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.linkage import power


@pytest.mark.parametrize(("units", "refused"), [(9, True), (10, False)])
def test_power_is_told_from_ten_units_on(units: int, refused: bool) -> None:
    rng = np.random.default_rng(3)
    panel = pl.DataFrame({
        "unit_id": [f"u{i}" for i in range(units)], "period_id": "p1",
        "location_id": [f"l{i}" for i in range(units)],
        "mean_e": rng.normal(60, 8, units), "mean_c": rng.normal(60, 8, units),
    })  # fmt: skip
    rows = power(panel).estimates
    assert (rows["estimate"].null_count() == rows.height) is refused
    assert (set(rows["verdict"]) == {"refused"}) is refused
