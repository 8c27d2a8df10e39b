"""What a run says at its end of the periods that are under way, and of warnings."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from data_checks.results import CheckResult, write_record
from pipelines import warehouse
from pipelines.cli.run import _say_what_waits
from pipelines.cli.status import _show_unmet
from pipelines.fingerprint import Basis
from pipelines.settings import Settings
from tests.unit.connectors.homes import program, source


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Those of a program whose warehouse has one period, under way on the last day of 2998."""
    monkeypatch.setattr("pipelines.unmatched.count_unmatched", lambda con: 0)
    settings = Settings(tmp_path, tmp_path / "home")
    with warehouse.connect(settings.warehouse) as con:
        con.execute("create schema marts")
        con.execute(
            "create table marts.periods as select '2999-W01' as period_id, 1 as period_index,"
            " date '2998-12-31' as period_start, false as is_closed"
        )
    return settings


def on(day: int) -> Basis:
    """The program as it is read on a day of December 2998."""
    return Basis(program(source()), dt.date(2998, 12, day), "")


@pytest.mark.parametrize(("day", "told"), [(30, False), (31, True)])
def test_a_period_is_under_way_by_the_programs_own_day(
    day: int, told: bool, settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _say_what_waits(settings, on(day))
    assert ("Not linked yet: 2999-W01" in capsys.readouterr().out) == told


def test_warnings_are_counted_with_the_command_that_lists_them(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes: dict = {"a": "failed", "b": "passed", "c": "error"}
    for table, outcome in outcomes.items():
        result = CheckResult(table, "c", "warning", outcome, 1, 1, None, f"{table}: told.")
        write_record([result], settings.logs / "checks")
    _say_what_waits(settings, on(30))
    assert capsys.readouterr().out == "Not met: 2 checks, see `crossvoice status`\n"
    _show_unmet(settings)
    assert capsys.readouterr().out == "checks that are not met\n    a: told.\n    c: told.\n"


def test_a_run_without_warnings_says_nothing_of_them(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    _say_what_waits(settings, on(30))
    assert capsys.readouterr().out == ""
