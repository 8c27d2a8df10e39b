"""What a run says at its end of the periods that are under way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from pipelines import warehouse
from pipelines.cli.run import _say_what_waits
from pipelines.settings import Settings


@pytest.mark.parametrize(("day", "told"), [(30, False), (31, True)])
def test_a_period_is_under_way_by_the_programs_own_day(
    day: int, told: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setattr("pipelines.unmatched.count_unmatched", lambda con: 0)
    settings = Settings(tmp_path, tmp_path / "home")
    with warehouse.connect(settings.warehouse) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.periods as select '2999-W01' as period_id, 1 as period_index,"
            " date '2998-12-31' as period_start, false as is_closed"
        )
    _say_what_waits(settings, dt.date(2998, 12, day))
    assert ("Not linked yet: 2999-W01" in capsys.readouterr().out) == told
