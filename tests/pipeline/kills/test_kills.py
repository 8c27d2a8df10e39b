"""Five random kills, then a run to its end: the same released tables.

The files of the killed home hold the same records in another order, which must not matter either.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.demo import generate
from tests.pipeline.kills.harness import differences, kill_runs, moments, pages, run_to_end
from tests.pipeline.runs import comparable, mix_rows


@pytest.mark.timeout(3600)
def test_five_kills_and_another_order_of_rows_leave_the_same_release(tmp_path: Path) -> None:
    quiet, killed = tmp_path / "quiet", tmp_path / "killed"
    for home in (quiet, killed):
        generate(home / "company", seed=5, locations=8, teams=40)
    mix_rows(killed / "company", seed=7)
    whole = run_to_end(quiet)
    expected = comparable(quiet)
    for kill in kill_runs(killed, moments(5, whole, seed=20260101), expected):
        assert kill.release_is_whole, kill
    run_to_end(killed)
    assert differences(killed, expected) == []
    assert pages(killed) == pages(quiet)
