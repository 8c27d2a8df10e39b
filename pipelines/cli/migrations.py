"""Dagster's migrations of its SQLite files, read once a process.

What belongs here: this one change of alembic, for as long as files are opened. What does not: the
files.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic.config import Config
from alembic.script import ScriptDirectory

_MIGRATIONS: dict[str, ScriptDirectory] = {}


@contextmanager
def migrations_read_once() -> Iterator[None]:
    """Dagster's ninety migrations are modules, and each file of SQLite that is opened makes it
    import them all for the number of the last one; a file that is new, twice more."""
    stock = ScriptDirectory.__dict__["from_config"]

    def known(config: Config) -> ScriptDirectory:
        place = str(config.get_main_option("script_location"))
        if place not in _MIGRATIONS:
            _MIGRATIONS[place] = stock.__get__(None, ScriptDirectory)(config)
        return _MIGRATIONS[place]

    ScriptDirectory.from_config = staticmethod(known)  # type: ignore[method-assign]
    try:
        yield
    finally:
        ScriptDirectory.from_config = stock  # type: ignore[method-assign]
