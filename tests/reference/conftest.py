"""Where the reference values are; without them the tests of this folder skip."""

import os
import sys
from pathlib import Path

import pytest

# importlib mode leaves test folders off the path; the adapters are plain modules beside the tests
sys.path.insert(0, str(Path(__file__).parent))

VARIABLE = "CROSSVOICE_REFERENCE"


def reference_folder() -> Path | None:
    """The folder named by the environment, if it is there."""
    name = os.environ.get(VARIABLE)
    return Path(name) if name and Path(name).is_dir() else None


@pytest.fixture(scope="session")
def folder() -> Path:
    found = reference_folder()
    if found is None:
        pytest.skip(f"{VARIABLE} names no folder with reference values")
    return found
