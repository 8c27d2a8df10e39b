"""The access ledger: who published what, when, under which promise.

What belongs here: one line of JSON per publication, appended to `keep/access_ledger.jsonl`. What
does not: the release itself. A line is written before the release is made visible, so nothing is
ever public without one.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from pipelines.settings import Settings

LEDGER = "access_ledger.jsonl"
TOLD = (
    "release_id", "program", "git_commit", "config_hash", "code_hash", "input_hash",
    "suppression", "publisher", "threshold_employee", "threshold_customer", "threshold_comments",
    "n_cells",
)  # fmt: skip
"""What a line repeats from `publication`, and the threshold of comments."""


def hidden_by_reason(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """Cells withheld, by reason, as the mask has them."""
    return dict(
        con.sql(
            "select reason_code, count(*) from marts.publication_mask where not is_released"
            " group by reason_code order by reason_code"
        ).fetchall()
    )


def record_publication(
    settings: Settings, publication: Mapping[str, Any], hidden: Mapping[str, int]
) -> Path:
    """Append the line of one publication; returns the ledger."""
    line = {
        "published_at": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "published_by": _person(),
        **{key: publication.get(key) for key in TOLD},
        "cells_hidden": dict(hidden),
    }
    settings.keep.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = settings.keep / LEDGER
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "a") as file:
        file.write(json.dumps(line) + "\n")
        file.flush()
        os.fsync(file.fileno())
    return path


def _person() -> str:
    """Name of the account that runs this; its number where it has no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
