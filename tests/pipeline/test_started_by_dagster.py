"""Runs that Dagster starts: by the drop-folder sensor, by the schedule, and one stage alone."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import dagster as dg
import pytest

from data_checks.registry import all_suites
from data_checks.results import failed, write_record
from pipelines import models, run_lock
from pipelines.audit.evidence import Finding
from pipelines.audit.report import Audit
from pipelines.cli import execution
from pipelines.cli.instance import open_instance, write_instance_settings
from pipelines.definitions import defs
from pipelines.defs import sensors
from pipelines.defs.common import RELEASE
from pipelines.settings import load_settings
from tests.pipeline.conftest import SmallCompany
from tests.pipeline.runs import comparable, private

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}
SETTLING = ([], "files have changed; waiting a minute in case more arrive")


@dataclass
class Daemon:
    """A released company's code location and instance, and the daemon's part in starting runs."""

    home: Path
    repository: dg.RepositoryDefinition
    instance: dg.DagsterInstance
    cursor: str | None = None

    def look(self) -> tuple[list[dg.RunRequest], str | None]:
        """One tick of the drop-folder sensor: what it asks for, or why it does not."""
        sensor = self.repository.get_sensor_def("drop_folder")
        context = dg.build_sensor_context(
            self.instance, cursor=self.cursor, repository_def=self.repository
        )
        tick = sensor.evaluate_tick(context)
        self.cursor = tick.cursor
        return tick.run_requests or [], tick.skip_message

    def run(self, job: str, request: dg.RunRequest | None = None) -> dg.ExecuteInProcessResult:
        """Execute a job, or the part of it that a request asks for."""
        return self.repository.get_job(job).execute_in_process(
            instance=self.instance,
            raise_on_error=False,
            tags=request.tags if request else None,
            asset_selection=request.asset_selection if request else None,
            run_config=QUIET,
        )


@pytest.fixture(scope="module")
def daemon(
    small_company: SmallCompany, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Daemon]:
    home = tmp_path_factory.mktemp("started") / "home"
    shutil.copytree(small_company.home, home, symlinks=True)
    before = dict(os.environ)
    os.environ |= {"CROSSVOICE_HOME": str(home), "CROSSVOICE_PROGRAM": "demo"}
    try:
        settings = load_settings()
        write_instance_settings(settings.dagster_home)
        with open_instance(settings.dagster_home) as instance:
            yield Daemon(home, defs().get_repository_def(), instance)
    finally:
        os.environ.clear()
        os.environ.update(before)


def materialized(result: dg.ExecuteInProcessResult) -> set[str]:
    return {event.asset_key.path[0] for event in result.get_asset_materialization_events()}


def feedback_rows(home: Path) -> int:
    return private(home, "select count(*) from raw.customer_feedback").item()


def test_a_file_in_the_drop_folder_starts_a_run_and_a_stage_runs_alone(daemon: Daemon) -> None:
    released, rows = comparable(daemon.home), feedback_rows(daemon.home)
    folder = daemon.home / "company" / "feedback"
    header, event = (folder / "feedback_2025-03.csv").read_text().splitlines()[:2]
    (folder / "feedback_late.csv").write_text(f"{header}\nlate,{event.split(',', 1)[1]}\n")
    assert daemon.look() == SETTLING
    [request], _ = daemon.look()
    assert daemon.look()[0][0].run_key == request.run_key  # the daemon starts one run for a key
    with pytest.MonkeyPatch.context() as patch:  # the same files again, after another release
        patch.setattr(sensors, "last_publication", lambda _: {"input_hash": "", "release_id": "2"})
        assert daemon.look()[0][0].run_key != request.run_key

    assert request.asset_selection is None  # all of the job; here its first stage is enough
    keys = [key for key in daemon.repository.asset_graph.materializable_asset_keys
            if key.path[0] == "landing"]  # fmt: skip
    begun = daemon.run("everything", dg.RunRequest(request.run_key, asset_selection=keys))
    assert begun.success
    assert materialized(begun) == {"landing"}
    assert feedback_rows(daemon.home) == rows

    stage = daemon.run("stage_raw")
    assert stage.success
    assert materialized(stage) == {"raw"}
    assert stage.get_asset_check_evaluations()
    assert feedback_rows(daemon.home) == rows + 1
    after = comparable(daemon.home)
    assert all(frame.equals(after[name]) for name, frame in released.items())


def test_a_candidate_that_this_run_did_not_check_is_not_released(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The release alone, as one click in the UI makes it, after a run whose audit failed."""
    released = (daemon.home / "published" / "current").resolve()
    found = Audit(daemon.home, 1, 1, 0, (Finding("sums", "A cell can be worked out."),))
    with monkeypatch.context() as patch:
        patch.setattr("pipelines.audit.report.audit_release", lambda *_: found)
        assert not daemon.run("stage_published").success
    assert (daemon.home / "published" / "candidate").exists()
    alone = daemon.run("stage_published", dg.RunRequest("again", asset_selection=[RELEASE]))
    [failure] = [e.step_failure_data for e in alone.all_events if e.is_step_failure]
    assert "has not made and checked the candidate" in failure.user_failure_data.description
    assert (daemon.home / "published" / "current").resolve() == released


def test_what_failed_in_an_earlier_stage_is_not_released(daemon: Daemon) -> None:
    released = (daemon.home / "published" / "current").resolve()
    [first, *_] = all_suites()
    stopped = failed(first, replace(first.checks[0], severity="critical"), 7, 2, None)
    write_record([stopped], daemon.home / "logs" / "checks")
    result = daemon.run("stage_published")
    [failure] = [e.step_failure_data for e in result.all_events if e.is_step_failure]
    assert f"An earlier stage did not pass its checks: {stopped.sentence}" in (
        failure.user_failure_data.description
    )
    assert (daemon.home / "published" / "current").resolve() == released


def test_a_run_beside_another_process_fails_before_its_first_step(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_lock, "PATIENCE", 0.1)
    with (daemon.home / "run.lock").open("a+") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        result = daemon.run("stage_raw")
    assert not result.success
    assert not [event for event in result.all_events if event.is_step_event]
    told = [str(event.event_specific_data) for event in result.all_events if event.is_job_failure]
    assert "Another run of this program is under way" in "".join(told)


def test_the_schedule_starts_a_run_which_fails_without_a_required_file(daemon: Daemon) -> None:
    released = (daemon.home / "published" / "current").resolve()
    schedule = daemon.repository.get_schedule_def("daily")
    six = dt.datetime(2025, 3, 1, 6, tzinfo=dt.UTC)
    tick = schedule.evaluate_tick(
        dg.build_schedule_context(
            daemon.instance, scheduled_execution_time=six, repository_def=daemon.repository
        )
    )
    [request] = tick.run_requests
    file = daemon.home / "company" / "hr" / "units.csv"
    file.rename(file.with_suffix(".away"))
    try:
        result = daemon.run(schedule.job_name, request)
    finally:
        file.with_suffix(".away").rename(file)
    assert not result.success
    failed = {event.step_key for event in result.all_events if event.is_step_failure}
    done = {event.step_key for event in result.all_events if event.is_step_success}
    assert failed == {"landing__hr_units"}
    assert {"landing__customer_feedback", "landing__engagement_survey"} <= done
    assert "raw" not in done
    assert (daemon.home / "published" / "current").resolve() == released


def test_a_run_in_which_something_did_not_happen_fails(
    daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt ends well, but nobody is told of one model."""
    build = models.build

    def told(selected, settings, on_result, *rest):
        def tell(result):
            if result.unique_id != "model.crossvoice.stg_units":
                on_result(result)

        build(selected, settings, tell, *rest)

    monkeypatch.setattr(execution, "JOB", "stage_staging")
    monkeypatch.setattr(models, "build", told)
    outcome = execution.execute(load_settings(), "with a gap")
    assert not outcome.succeeded
    assert outcome.problems == ["The run has not done all it was asked to: staging/stg_units"]
