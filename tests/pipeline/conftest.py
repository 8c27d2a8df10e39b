"""Built state that the pipeline tests share: two companies, each run once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pipelines.demo import generate
from tests.pipeline.kills.harness import run_to_end, wait_for_imports
from tests.pipeline.runs import Ended, crossvoice


@dataclass(frozen=True)
class Company:
    """A generated company, the state of its program, and what its run printed."""

    home: Path
    truth: dict
    run: Ended


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The demo program on a company of 20 locations and 100 teams: what is found is asked of it."""
    home = tmp_path_factory.mktemp("company")
    generate(home / "company", seed=11, locations=20, teams=100)
    ended = crossvoice(home, "run", "--program", "demo")
    truth = json.loads((home / "company" / "truth.json").read_text())
    return Company(home, truth, ended)


@dataclass(frozen=True)
class SmallCompany:
    """A generated company that is run again and again, and the seconds that a run of it takes."""

    home: Path
    seconds: float


@pytest.fixture(scope="session")
def small_company(tmp_path_factory: pytest.TempPathFactory) -> SmallCompany:
    """The demo program on a company of 6 locations and 24 teams."""
    home = tmp_path_factory.mktemp("small")
    generate(home / "company", seed=11, locations=6, teams=24)
    wait_for_imports()
    return SmallCompany(home, run_to_end(home))


@pytest.fixture(scope="session")
def public_data() -> Iterator[Path]:
    """Folder of the public data; tests that need it skip without."""
    folder = os.environ.get("CROSSVOICE_PUBLIC_DATA")
    if not folder:
        pytest.skip("CROSSVOICE_PUBLIC_DATA is not set: the public data are not on this machine")
    yield Path(folder)
