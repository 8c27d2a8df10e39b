"""The files of the code that makes a release, whatever their kind.

What belongs here: which they are. What does not: what they are hashed for (fingerprint) or searched
for (audit.code_words).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

CODE_FOLDERS = ("pipelines", "data_checks", "dbt_project", "docs/methods")
MADE_FOLDERS = {"__pycache__", "target", "logs"}
"""Folders among the code that running it writes."""


def code_files(root: Path) -> Iterator[Path]:
    """Files written by hand in the folders of a checkout: they may have any suffix."""
    for folder in CODE_FOLDERS:
        for place, folders, names in os.walk(root / folder):
            folders[:] = [name for name in folders if name not in MADE_FOLDERS]
            for name in names:
                if not name.startswith(".") and not name.endswith(".pyc"):  # an editor's, Python's
                    yield Path(place, name)
