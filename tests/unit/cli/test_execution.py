"""What stopped a run is told in a person's words."""

from __future__ import annotations

import signal
from collections.abc import Callable

import dagster as dg

from pipelines.cli.execution import INTERRUPTED, _problems


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
