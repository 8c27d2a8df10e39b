from __future__ import annotations

from pathlib import Path

import pytest

from tests.pipeline.persons.office import Office


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The company with its files written and pulled."""
    made = Office(tmp_path)
    made.write_all()
    made.pull()
    return made
