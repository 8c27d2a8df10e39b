"""What was last read of a panel is kept for the next question, and for no other panel."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.linkage.input_checks import read_panel
from pipelines.linkage.settings import Settings


def panel() -> pl.DataFrame:
    return pl.DataFrame({
        "unit_id": ["a", "b", "c"], "period_id": ["1", "1", "1"], "mean_e": [1.0, 2.0, 3.0],
        "mean_c": [4.0, 6.0, 5.0], "n_e": [9, 9, 9], "n_c": [9, 9, 9],
    })  # fmt: skip


def test_the_same_panel_and_options_are_read_once() -> None:
    first, _ = read_panel(panel(), Settings())
    again, _ = read_panel(panel(), Settings())
    assert again is first


def test_findings_are_the_readers_own() -> None:
    _, mine = read_panel(panel(), Settings(n_shared_respondents=3))
    assert mine
    mine.clear()
    _, theirs = read_panel(panel(), Settings(n_shared_respondents=3))
    assert theirs


def test_a_panel_that_was_changed_in_place_is_read_again() -> None:
    mine = panel()
    read_panel(mine, Settings())
    mine[0, "mean_e"] = 7.0
    cells, _ = read_panel(mine, Settings())
    assert cells.x.tolist() == [7.0, 2.0, 3.0]


NOBODY_LEFT = pl.DataFrame({"period_index": [0], "n_units": [3], "n_turned": [0]})


@pytest.mark.parametrize("options", [{"min_n": 10}, {"turnover": NOBODY_LEFT}])
def test_other_options_are_other_readings(options: dict) -> None:
    first, _ = read_panel(panel(), Settings())
    other, _ = read_panel(panel(), Settings(**options))
    assert other is not first
