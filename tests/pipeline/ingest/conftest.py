from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.unit.connectors.homes import Home, source

settings.register_profile("busy_machine", deadline=None)
settings.load_profile("busy_machine")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, source())
