"""The dbt project as its manifest tells it, read once a session."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pipelines import models


@pytest.fixture(scope="session")
def manifest() -> dict[str, Any]:
    """The manifest of the project as it is now."""
    return json.loads(models.ensure_manifest().read_text())


@pytest.fixture(scope="session")
def nodes(manifest) -> dict[str, dict[str, Any]]:
    """Models by name."""
    return {n["name"]: n for n in manifest["nodes"].values() if n["resource_type"] == "model"}
