"""How tests are spread over processes, and what keeps a suite the same from run to run."""

from __future__ import annotations

import gc

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

from tests.allotment import TIMES, examples

# the same examples on every machine and every day, however busy it is
settings.register_profile(
    "steady", deadline=None, derandomize=TIMES == 1, database=None, max_examples=examples(50)
)
settings.load_profile("steady")

gc.set_threshold(50_000, 20, 50)

GROUPS = {
    "tests/pipeline/test_company_run.py": "runs",
    "tests/pipeline/test_ten_minutes.py": "runs",
    "tests/pipeline/test_one_sided.py": "runs",
    "tests/pipeline/test_guide.py": "runs",
    "tests/pipeline/test_chicago.py": "runs",
    "tests/pipeline/test_baltimore.py": "runs",
    "tests/pipeline/persons/test_planted_identities.py": "runs",
    "tests/pipeline/test_bad_input.py": "small company",
    "tests/pipeline/test_started_by_dagster.py": "small company",
    "tests/pipeline/kills/test_kills.py": "small company",
    "tests/definitions/test_code_location.py": "code location",
    "tests/definitions/test_dbt_events.py": "code location",
}
"""Files whose tests run in one process, one after another; other files each by themselves. The
first run of a process takes half as long again as those after it."""

FOLDERS = ("tests/pipeline/dbt", "tests/browser")
"""Folders whose files are such a group."""

LONGEST = (
    "runs",
    "small company",
    "tests/browser",
    "tests/unit/privacy/test_disclosure.py",
    "tests/recovery/test_links.py",
    "tests/recovery/test_structure.py",
    "tests/pipeline/dbt",
    "code location",
    "tests/unit/inspection/test_init.py",
    "tests/checks/test_suites.py",
    "tests/unit/report/test_release_pages.py",
    "tests/pipeline/persons/test_forget.py",
)
"""What takes longest is begun first, so that no process waits for another at the end."""


class ByBuiltState(LoadScopeScheduling):
    """Scopes are files, or groups of files that share a built state; the longest go first."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        for folder in FOLDERS:
            if file.startswith(f"{folder}/"):
                return folder
        return GROUPS.get(file, file)

    def _assign_work_unit(self, node: object) -> None:
        rank = {scope: place for place, scope in enumerate(LONGEST)}
        longest = min(self.workqueue, key=lambda scope: rank.get(scope, len(rank)))
        self.workqueue.move_to_end(longest, last=False)
        super()._assign_work_unit(node)


def pytest_collection_finish() -> None:
    """Libraries and collected tests are a million objects that stay: looking through them again
    and again for circular garbage is a twentieth of the session."""
    gc.freeze()


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByBuiltState:
    """Called by pytest-xdist; its own groups do not work with this version of pytest."""
    return ByBuiltState(config, log)
