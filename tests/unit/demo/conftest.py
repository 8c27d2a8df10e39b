"""Two companies for all tests of the generator: a small one, and the one people see by default."""

import pytest

from pipelines.demo import generate
from tests.unit.demo.written import SMALL, Company


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("demo") / "small"
    return Company(folder, generate(folder, seed=11, **SMALL))


@pytest.fixture(scope="session")
def default(tmp_path_factory: pytest.TempPathFactory) -> Company:
    folder = tmp_path_factory.mktemp("demo") / "default"
    return Company(folder, generate(folder))
