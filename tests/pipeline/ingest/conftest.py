from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.connectors.homes import Home, source


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path, source())
