"""One run of a program at a time: a lock that a dead holder does not keep.

What belongs here: taking, reading and giving back `run.lock`. What does not: what a run does.
"""

from __future__ import annotations

import datetime as dt
import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipelines.errors import CrossvoiceError, RunLockedError

PATIENCE = 1.0
"""Seconds: whoever asks who holds the lock has it for a moment."""
_HELD: set[Path] = set()
"""Locks that this process holds."""


def is_held_here(path: Path) -> bool:
    """Whether this process holds the lock."""
    return path in _HELD


@contextmanager
def run_lock(path: Path) -> Iterator[None]:
    """Hold the lock for the block; raises RunLockedError while another process holds it.

    The operating system frees the lock when its holder dies, so a killed run blocks nobody; the
    text in the file is for people.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        opened = path.open("a+")
    except OSError as error:
        raise CrossvoiceError(
            f"The folder of this program's state cannot be written: {error.strerror}.",
            where=str(path.parent),
            mend="make it writable, or set CROSSVOICE_HOME to a folder that is",
        ) from error
    with opened as file:
        _take(file, path)
        now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        file.truncate(0)
        file.write(json.dumps({"process_id": os.getpid(), "started_at": now}) + "\n")
        file.flush()
        _HELD.add(path)
        try:
            yield
        finally:
            _HELD.discard(path)
            file.truncate(0)


def _take(file: IO[str], path: Path) -> None:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() > until:
                raise RunLockedError(
                    f"Another run of this program is under way{_holder(path)}.",
                    where=str(path),
                    mend="wait for it to end, or stop that process",
                ) from error
            time.sleep(0.02)


def lock_holder(path: Path) -> dict | None:
    """Process and start time of the run under way; None when there is none."""
    if not path.exists():
        return None
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return _read(path) or {}
    return None


def _holder(path: Path) -> str:
    found = _read(path)
    return f" (process {found['process_id']}, since {found['started_at']})" if found else ""


def _read(path: Path) -> dict | None:
    try:
        return json.loads(path.read_text())
    except (OSError, ValueError):
        return None
