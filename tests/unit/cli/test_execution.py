"""What stopped a run is told in a person's words."""

from __future__ import annotations

import logging
import signal
import sqlite3
from collections.abc import Callable
from pathlib import Path

import dagster as dg
import pytest

from pipelines.cli.execution import INTERRUPTED, _disk_in_words, _problems
from pipelines.errors import CrossvoiceError


def _events(work: Callable[[], None]) -> list[dg.DagsterEvent]:
    @dg.op
    def models() -> None:
        work()

    @dg.job
    def everything() -> None:
        models()

    with dg.DagsterInstance.ephemeral() as instance:
        quiet = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
        return everything.execute_in_process(
            instance=instance, raise_on_error=False, run_config=quiet
        ).all_events


def test_an_interrupted_run_blames_no_step() -> None:
    assert _problems(_events(lambda: signal.raise_signal(signal.SIGINT))) == [INTERRUPTED]


def test_a_step_that_fails_is_named() -> None:
    def fail() -> None:
        raise ValueError("no such column")

    (problem,) = _problems(_events(fail))
    assert problem.startswith("Step models failed")
    assert "no such column" in problem


def test_a_full_disk_under_the_history_is_no_traceback(tmp_path: Path) -> None:
    before = logging.raiseExceptions
    with pytest.raises(CrossvoiceError, match="written: database or disk is full") as told, \
            _disk_in_words(tmp_path):  # fmt: skip
        assert not logging.raiseExceptions, "a log that is not written would print a traceback"
        try:
            raise sqlite3.OperationalError("database or disk is full")
        except sqlite3.OperationalError as error:
            raise RuntimeError("as SQLAlchemy wraps it") from error
    assert told.value.where == str(tmp_path)
    assert "free space" in told.value.mend
    assert logging.raiseExceptions == before
    with pytest.raises(RuntimeError, match="a fault"), _disk_in_words(tmp_path):
        raise RuntimeError("a fault of the program keeps its traceback")
