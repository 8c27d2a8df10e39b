"""The access ledger: one line per publication, for its owner only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines.publishing.ledger import record_publication
from pipelines.settings import load_settings


def test_every_publication_adds_a_private_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSVOICE_HOME", str(tmp_path))
    settings = load_settings("demo")
    for release in ("r1", "r2"):
        publication = {"release_id": release, "git_commit": "abc", "config_hash": "def",
                       "threshold_employee": 5, "threshold_comments": 10,
                       "run_id": "not told"}  # fmt: skip
        path = record_publication(settings, publication, {"below_threshold": 3, "complementary": 2})
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line["release_id"] for line in lines] == ["r1", "r2"]
    assert lines[0]["cells_hidden"] == {"below_threshold": 3, "complementary": 2}
    assert lines[0]["published_by"]
    assert lines[0]["threshold_comments"] == 10
    assert lines[0]["git_commit"] == "abc"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
