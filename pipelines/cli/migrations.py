"""Dagster's migrations of its SQLite files, read once a process.

What belongs here: this one change of alembic, for as long as files are opened. What does not: the
files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from unittest.mock import patch

from alembic.config import Config
from alembic.script import ScriptDirectory

_MIGRATIONS: dict[str, ScriptDirectory] = {}


@contextmanager
def migrations_read_once() -> Iterator[None]:
    """Dagster's ninety migrations are modules, and each file of SQLite that is opened makes it
    import them all for the number of the last one; a file that is new, twice more."""
    read = ScriptDirectory.from_config

    def known(config: Config) -> ScriptDirectory:
        place = str(config.get_main_option("script_location"))
        if place not in _MIGRATIONS:
            _MIGRATIONS[place] = read(config)
        return _MIGRATIONS[place]

    with patch.object(ScriptDirectory, "from_config", staticmethod(known)):
        yield
