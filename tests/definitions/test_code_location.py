"""The graph as Dagster serves it: keys, jobs, schedules and house rules of every asset."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from data_checks.registry import all_suites
from data_checks.results import CheckResult
from pipelines.contract import RAW_TABLES
from pipelines.defs.checks import asset_check_result
from pipelines.defs.common import RELEASE, STAGES
from pipelines.publishing.audiences import PUBLISHED_TABLES
from pipelines.settings import PROJECT_ROOT

SNAPSHOT = Path(__file__).parent / "graph.txt"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> dg.RepositoryDefinition:
    before = dict(os.environ)
    os.environ["CROSSVOICE_HOME"] = str(tmp_path_factory.mktemp("home"))
    os.environ.pop("CROSSVOICE_PROGRAM", None)
    try:
        from pipelines.definitions import defs

        yield defs().get_repository_def()
    finally:
        os.environ.clear()
        os.environ.update(before)


def graph_text(repository: dg.RepositoryDefinition) -> str:
    """Keys, checks, jobs, schedules and sensors, one a line."""
    graph = repository.asset_graph
    lines = [f"asset {key.to_user_string()}" for key in graph.materializable_asset_keys]
    lines += [f"check {k.asset_key.to_user_string()}:{k.name}" for k in graph.asset_check_keys]
    lines += [f"job {name}" for name in repository.job_names if not name.startswith("__")]
    lines += [f"schedule {s.name}" for s in repository.schedule_defs]
    lines += [f"sensor {s.name}" for s in repository.sensor_defs]
    return "\n".join(sorted(lines)) + "\n"


def test_graph_changes_only_on_purpose(repository: dg.RepositoryDefinition) -> None:
    found = graph_text(repository)
    if os.environ.get("CROSSVOICE_UPDATE_SNAPSHOT"):
        SNAPSHOT.write_text(found)
    assert found == SNAPSHOT.read_text(), (
        "the graph has changed; if that is meant: CROSSVOICE_UPDATE_SNAPSHOT=1 pytest "
        "tests/definitions/test_code_location.py, and look at the difference"
    )


def test_every_asset_has_stage_owner_and_description(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    for key in graph.materializable_asset_keys:
        node = graph.get(key)
        assert node.group_name in STAGES, key
        assert key.path[0] == node.group_name, key
        assert node.owners, key
        assert node.description, key


def test_every_suite_is_about_an_asset_and_its_checks_are_in_the_graph(
    repository: dg.RepositoryDefinition,
) -> None:
    graph = repository.asset_graph
    checks = {(k.asset_key.to_user_string(), k.name) for k in graph.asset_check_keys}
    for suite in all_suites():
        assert dg.AssetKey([suite.schema, suite.table]) in graph.materializable_asset_keys
        for check in suite.checks:
            assert (f"{suite.schema}/{suite.table}", check.name) in checks


@pytest.mark.parametrize(
    ("severity", "outcome", "stops"),
    [
        ("critical", "failed", True),
        ("critical", "error", True),
        ("warning", "failed", False),
        ("warning", "error", True),
        ("warning", "passed", False),
    ],
)
def test_what_stops_a_run(
    repository: dg.RepositoryDefinition, severity: str, outcome: str, stops: bool
) -> None:
    key = dg.AssetKey(["raw", "units"])
    found = CheckResult("raw.units", "grain", severity, outcome, 10, 1, None, "It says so.")
    result = asset_check_result(key, found)
    assert (not result.passed and result.severity == dg.AssetCheckSeverity.ERROR) == stops
    graph = repository.asset_graph
    assert all(graph.get_check_spec(k).blocking for k in suite_check_keys())


def test_a_release_waits_for_the_checks_of_every_suite(repository: dg.RepositoryDefinition) -> None:
    graph = repository.asset_graph
    before, todo = set(), [RELEASE]
    while todo:
        found = graph.get(todo.pop()).parent_keys - before
        before |= found
        todo += found
    assert {key.asset_key for key in suite_check_keys()} - before == set()


def suite_check_keys() -> list[dg.AssetCheckKey]:
    return [
        dg.AssetCheckKey(dg.AssetKey([suite.schema, suite.table]), check.name)
        for suite in all_suites()
        for check in suite.checks
    ]


def test_raw_and_published_tables_are_all_assets(repository: dg.RepositoryDefinition) -> None:
    keys = repository.asset_graph.materializable_asset_keys
    for name in RAW_TABLES:
        assert dg.AssetKey(["raw", name]) in keys
    for name in PUBLISHED_TABLES:
        assert dg.AssetKey(["published", name]) in keys


def test_everything_selects_every_asset_and_check(repository: dg.RepositoryDefinition) -> None:
    job = repository.get_job("everything")
    graph = repository.asset_graph
    assert job.asset_layer.executable_asset_keys == graph.materializable_asset_keys
    assert set(job.asset_layer.asset_graph.asset_check_keys) == set(graph.asset_check_keys)


@pytest.mark.parametrize("stage", STAGES[1:])
def test_each_stage_has_its_job(repository: dg.RepositoryDefinition, stage: str) -> None:
    job = repository.get_job(f"stage_{stage}")
    assert {key.path[0] for key in job.asset_layer.selected_asset_keys} == {stage}


IMPORTING = """
import os, sys
from pathlib import Path

OURS, IMPORTS = ("pipelines", "data_checks"), ("importlib._bootstrap", "_frozen_importlib")
found = []

def is_ours(between=""):
    # whether a module of ours, not the import of another one, asks, through modules of that name
    frame = sys._getframe(2)
    while frame and not (name := frame.f_globals.get("__name__", "")).startswith(IMPORTS):
        if name.partition(".")[0] in OURS:
            return True
        if not name.startswith(between):
            break
        frame = frame.f_back
    return False

def hook(event, args):
    if event in ("open", "os.listdir", "os.scandir", "subprocess.Popen") and is_ours():
        inside = [Path(ours.__file__).parent for ours in map(sys.modules.get, OURS) if ours]
        if not any(Path(str(args[0])).is_relative_to(folder) for folder in inside):
            found.append(f"{event} {args[0]}")

def asked(environment, key, get=os._Environ.__getitem__):
    if is_ours(between=("os", "collections.abc")):  # what libraries ask for is theirs
        found.append(f"environment {key}")
    return get(environment, key)

sys.addaudithook(hook)
os._Environ.__getitem__ = asked
import pipelines.definitions
late = {"great_expectations", "scipy", "pandas", "altair"}  # seconds, for a run to wait for
print(*found, *(f"module {name}" for name in sorted(late & sys.modules.keys())), sep="\\n")
"""
"""Whatever the modules of this project read while they are imported, but for their own folders."""


def test_importing_the_definitions_reads_no_environment_and_no_file_but_its_own() -> None:
    done = subprocess.run(
        [sys.executable, "-c", IMPORTING], capture_output=True, text=True, check=False,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT_ROOT)}, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""


def test_only_settings_reads_the_environment() -> None:
    readers = set()
    for folder in ("pipelines", "data_checks"):
        for path in (PROJECT_ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Attribute) and node.attr in ("environ", "getenv"):
                    readers.add(path.relative_to(PROJECT_ROOT).as_posix())
    # dbt and Great Expectations are told by the environment, which settings prepares
    assert readers <= {"pipelines/settings.py", "pipelines/models.py",
                       "data_checks/duckdb_source.py"}, readers  # fmt: skip


def test_definitions_module_decides_nothing() -> None:
    path = PROJECT_ROOT / "pipelines" / "definitions.py"
    assert len(path.read_text().splitlines()) <= 50
    for node in ast.walk(ast.parse(path.read_text())):
        assert not isinstance(node, ast.If | ast.Try | ast.For | ast.While)


def test_modules_stay_small() -> None:
    for folder in ("pipelines", "data_checks"):
        for path in (PROJECT_ROOT / folder).rglob("*.py"):
            assert len(path.read_text().splitlines()) <= 300, path
            assert path.stem not in ("utils", "helpers", "common_utils"), path
