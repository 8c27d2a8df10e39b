"""The result card says of every interval what it is."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.cli.estimate import _line
from pipelines.publishing.card import _days, _other

ROW = {
    "estimand": "adjusted", "x_measure": "engagement", "y_measure": "nps", "window_id": "pooled",
    "segment": None, "adjusted_for": "period", "component": "corrected", "direction": None,
    "effect_type": "slope", "estimate": 0.44, "conf_low": -5.5, "conf_high": -0.89,
    "conf_method": "fieller", "method": "partialled_sums/1", "guard_code": None,
    "verdict": "inconclusive", "term": "mean_e", "lag": None,
}  # fmt: skip


@pytest.mark.parametrize(
    ("shape", "said"),
    [("bounded", "-5.5 to -0.89"), ("exclusive", "below -5.5 or above -0.89")],
)
def test_an_interval_that_lies_outside_its_ends_is_not_shown_between_them(
    shape: str, said: str
) -> None:
    row = {**ROW, "conf_shape": shape}
    assert f"({said})" in _other(pl.DataFrame([row]))
    assert _line(row).endswith(f"  {said}")


def test_a_window_without_a_score_has_no_days() -> None:
    assert _days({"period_start": None, "period_end": None}) == "no score lies in it"
