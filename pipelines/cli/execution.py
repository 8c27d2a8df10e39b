"""Executing the job with Dagster in this process, and reading its outcome.

What belongs here: the instance, the run, its events and failures in a person's words. What does
not: printing (cli.progress) and deciding (cli.run).
"""

from __future__ import annotations

import gc
import logging
import sqlite3
import uuid
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import dagster as dg
from dagster import DagsterEventType as Event

from pipelines.cli.instance import open_instance, write_instance_settings
from pipelines.cli.progress import Progress
from pipelines.defs.common import RELEASE
from pipelines.defs.completeness import missing_events
from pipelines.errors import CrossvoiceError
from pipelines.settings import Settings

JOB = "everything"
INTERRUPTED = "It was interrupted: `crossvoice run` does what is left."


@dataclass
class Outcome:
    """How a run ended."""

    succeeded: bool
    problems: list[str] = field(default_factory=list)


def execute(settings: Settings, title: str) -> Outcome:
    """Run everything; shows progress as it goes."""
    warnings.filterwarnings("ignore", category=dg.BetaWarning)
    warnings.filterwarnings("ignore", category=dg.PreviewWarning)
    write_instance_settings(settings.dagster_home)
    run_id = str(uuid.uuid4())
    with (
        Progress(title) as progress,
        _patient_collector(),
        _disk_in_words(settings.dagster_home),
    ):
        from pipelines.definitions import defs  # noqa: PLC0415 - seconds; progress is shown first

        job = defs().resolve_job_def(JOB)
        progress.plan(job)
        with open_instance(settings.dagster_home) as instance:
            _end_dead_runs(instance)
            instance.add_event_listener(run_id, progress.on_event)
            result = job.execute_in_process(
                instance=instance,
                run_id=run_id,
                raise_on_error=False,
                run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            )
            problems = _problems(result.all_events)
            is_known = not result.success or _has_released(result.all_events)
            missing = [] if is_known else missing_events(instance, run_id)
    if missing:
        problems.append("The run has not done all it was asked to: " + ", ".join(missing))
    return Outcome(result.success and not missing, problems)


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Look for circular garbage more rarely: dbt's project and Dagster's graph are a million
    objects that stay, and looking through them again and again is a twentieth of a small run."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def _disk_in_words(history: Path) -> Iterator[None]:
    """Say once that the disk is full: Dagster's history, which is SQLite, meets it in any of its
    events, and each line of dbt's log that is not written would be a traceback of its own."""
    before, logging.raiseExceptions = logging.raiseExceptions, False
    try:
        yield
    except Exception as error:
        cause: BaseException | None = error
        while cause is not None and not isinstance(cause, sqlite3.OperationalError):
            cause = cause.__cause__ or cause.__context__
        if cause is None:
            raise
        raise CrossvoiceError(
            f"The history of runs cannot be written: {cause}.",
            where=str(history),
            mend="make the folder writable or free space, or set CROSSVOICE_HOME to another; "
            "the last release is untouched",
        ) from error
    finally:
        logging.raiseExceptions = before


def _has_released(events: Sequence[dg.DagsterEvent]) -> bool:
    """The release is made after its step has found nothing else missing: no need to look again."""
    made = (e.asset_key for e in events if e.event_type == Event.ASSET_MATERIALIZATION)
    return RELEASE in made


def _end_dead_runs(instance: dg.DagsterInstance) -> None:
    """Runs that a killed process left open are over; the lock says that nobody works on them."""
    open_runs = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED, dg.DagsterRunStatus.STARTING])
    for run in instance.get_runs(filters=open_runs):
        instance.report_run_failed(run, "its process ended without a word")


def _was_interrupted(events: Sequence[dg.DagsterEvent]) -> bool:
    """Whether somebody pressed Ctrl-C: the step it met failed of no fault of its own."""
    ends = [e.job_failure_data for e in events if e.event_type == Event.RUN_FAILURE]
    return any(e.failure_reason and e.failure_reason.name == "UNEXPECTED_TERMINATION" for e in ends)


def _problems(events: Sequence[dg.DagsterEvent]) -> list[str]:
    """What stopped the run, each once: failing checks first, then failing steps."""
    if _was_interrupted(events):
        return [INTERRUPTED]
    problems: list[str] = []
    for event in events:
        if event.event_type == Event.ASSET_CHECK_EVALUATION:
            evaluation = event.asset_check_evaluation_data
            if not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
                name = f"{evaluation.asset_key.to_user_string()}: {evaluation.check_name}"
                problems.append(evaluation.description or f"The check {name} failed.")
    for event in events:
        if event.event_type == Event.STEP_FAILURE:
            data = event.step_failure_data
            if data.user_failure_data is not None:
                problems.append(data.user_failure_data.description or "a step failed")
            elif not problems or "AssetCheck" not in str(data.error):
                cause = data.error.cause or data.error
                problems.append(f"Step {event.step_key} failed: {cause.message.strip()}")
    return list(dict.fromkeys(problems))
