"""Five random kills, then a run to its end: the released tables and pages of a run nobody killed.

The files of the killed home hold the same records in another order, and the last run has two
threads of DuckDB and dbt, as one of many rows: neither may matter.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.pipeline.conftest import SmallCompany
from tests.pipeline.kills.harness import (
    differences,
    kill_runs,
    moments,
    pages,
    run_to_end,
)  # fmt: skip
from tests.pipeline.runs import comparable, mix_rows


@pytest.mark.timeout(3600)
def test_five_kills_and_another_order_of_rows_leave_the_same_release(
    small_company: SmallCompany, tmp_path: Path
) -> None:
    killed = tmp_path / "killed"
    shutil.copytree(small_company.home / "company", killed / "company")
    mix_rows(killed / "company", seed=7)
    expected = comparable(small_company.home)
    kills = list(kill_runs(killed, moments(5, small_company.seconds, seed=20260106), expected))
    assert all(kill.release_is_whole for kill in kills), kills
    assert sum(not kill.finished_before for kill in kills) == 5
    run_to_end(killed, many_rows=True)
    assert differences(killed, expected) == []
    assert pages(killed) == pages(small_company.home)
