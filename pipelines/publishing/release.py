"""Releases: the candidate made public by one rename, and what was released before.

What belongs here: release folders, the `current` link, reading the last release. What does not:
what a release holds (publishing.candidate).

A reader opens `current/...`; the link is swapped by one rename, so a reader in mid-query finishes
on the release it opened, and a killed run leaves either the old release or the new one.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from pipelines.errors import ReleaseError
from pipelines.landing import sync
from pipelines.publishing.layout import CANDIDATE, CURRENT, DATABASE, PUBLICATION, RELEASES
from pipelines.settings import Settings


def release_candidate(settings: Settings) -> Path:
    """Release the candidate; returns the release's folder.

    Raises ReleaseError when there is no whole candidate.
    """
    candidate = settings.published / CANDIDATE
    release_id = json.loads(_whole(candidate).read_text())["release_id"]
    for wal in candidate.glob(f"*/{DATABASE}.wal"):
        wal.unlink()  # DuckDB would replay a stale log onto the file of the same name
    target = settings.published / RELEASES / release_id
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(target, ignore_errors=True)  # left by a run that was killed before the link
    candidate.chmod(0o700)
    for path in candidate.rglob("*"):
        if path.is_file():
            path.chmod(0o400)
            sync(path)
        else:
            path.chmod(0o700)
    candidate.rename(target)
    link = settings.published / f".{CURRENT}.{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(Path(RELEASES) / release_id)
    link.replace(settings.published / CURRENT)
    sync(settings.published)
    return target


def _whole(candidate: Path) -> Path:
    """The file that a candidate gets last."""
    publication = candidate / PUBLICATION
    if not publication.exists():
        raise ReleaseError(
            "There is no whole candidate to release.",
            where=str(candidate),
            mend="run the pipeline again; the last release is untouched",
        )
    return publication


def candidate_publication(settings: Settings) -> dict[str, Any]:
    """What `publication.json` of the candidate says.

    Raises ReleaseError when there is no whole candidate.
    """
    return json.loads(_whole(settings.published / CANDIDATE).read_text())


def last_publication(settings: Settings) -> dict[str, Any] | None:
    """What `publication.json` of the current release says; None before the first release."""
    path = settings.published / CURRENT / PUBLICATION
    try:
        return json.loads(path.read_text())
    except (FileNotFoundError, NotADirectoryError):
        return None


def current_release(settings: Settings) -> Path | None:
    """Folder of the current release."""
    link = settings.published / CURRENT
    return link.resolve() if link.exists() else None
