"""How tests are spread over processes: files that share a built state stay together."""

from __future__ import annotations

import pytest
from xdist.scheduler import LoadScopeScheduling

GROUPS = {
    "tests/pipeline/test_company_run.py": "company",
    "tests/pipeline/test_bad_input.py": "company",
    "tests/pipeline/test_baltimore.py": "other programs",
    "tests/pipeline/test_guide.py": "other programs",
    "tests/definitions/test_code_location.py": "code location",
    "tests/definitions/test_dbt_events.py": "code location",
}
"""Files whose tests run in one process, one after another; other files each by themselves."""


class ByBuiltState(LoadScopeScheduling):
    """Scopes are files, or groups of files."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::")[0]
        if file.startswith("tests/pipeline/dbt/"):
            return "dbt"
        return GROUPS.get(file, file)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByBuiltState:
    """Called by pytest-xdist; its own groups do not work with this version of pytest."""
    return ByBuiltState(config, log)
