"""Built state that the pipeline tests share: one small company, run once per worker."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import pytest

from pipelines.demo import generate
from tests.pipeline.kills.harness import IMPORTED
from tests.pipeline.runs import Ended, crossvoice


@dataclass(frozen=True)
class Company:
    """A generated company, the state of its program, what its run printed and how long it took
    once its libraries were imported."""

    home: Path
    truth: dict
    run: Ended
    seconds: float


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """The demo program on a company of 20 locations and 100 teams."""
    home = tmp_path_factory.mktemp("company")
    generate(home / "company", seed=11, locations=20, teams=100)
    for module in IMPORTED:
        import_module(module)
    begun = time.perf_counter()
    ended = crossvoice(home, "run", "--program", "demo")
    seconds = time.perf_counter() - begun
    truth = json.loads((home / "company" / "truth.json").read_text())
    return Company(home, truth, ended, seconds)


@pytest.fixture(scope="session")
def public_data() -> Iterator[Path]:
    """Folder of the public data; tests that need it skip without."""
    folder = os.environ.get("CROSSVOICE_PUBLIC_DATA")
    if not folder:
        pytest.skip("CROSSVOICE_PUBLIC_DATA is not set: the public data are not on this machine")
    yield Path(folder)
