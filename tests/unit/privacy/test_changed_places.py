"""Two releases between which it became known that some people belong to another place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.privacy import mask as compiler
from tests.unit.privacy.oracle import joined_disclosures
from tests.unit.privacy.release_files import answers, audit_of_last, world
from tests.unit.privacy.test_disclosure import chain_of_worlds, released_worlds

GUESSED = [
    pytest.param(19, id="a unit shown now less its location then"),
    pytest.param(23, id="a team shown in each of two releases"),
    pytest.param(53, id="a month shown now less its quarter then"),
    pytest.param(239, id="a location shown now and a unit shown then"),
    pytest.param(83000330, id="a company less its teams, though less its locations it tells more"),
]


@pytest.mark.parametrize("seed", GUESSED)
def test_the_audit_stops_no_release_for_who_only_changed_place(seed: int, tmp_path: Path) -> None:
    """No total of the company moves, so the audit takes hidden groups to be as they were."""
    worlds = chain_of_worlds(seed, complete=seed % 2 == 1, moves=True)
    assert not audit_of_last(worlds, tmp_path).findings


@pytest.mark.parametrize("seed", GUESSED)
def test_it_would_be_stopped_without_the_reading_of_outsiders(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compiler, "seem_to_tell", lambda *_: set())
    worlds = chain_of_worlds(seed, complete=seed % 2 == 1, moves=True)
    found = audit_of_last(worlds, tmp_path).findings
    assert {f.attack for f in found} == {"joined_releases"}


def test_who_was_here_then_and_is_there_now_counts_once() -> None:
    """Red in West then and Blue in West now are two answers each, of three people."""
    west = answers("Red", "West", 2)
    then = [*answers("Green", "East", 7), *answers("Green", "West", 9), *answers("Red", "East", 9),
            *answers("Red", "North", 10), *answers("Blue", "East", 3),
            *answers("Blue", "West", 1), *west]  # fmt: skip
    came = ("Blue", *west[1][1:])
    now = [*(row for row in then if row is not west[1]), came]
    worlds = [replace(world(rows), threshold=4) for rows in (then, now)]
    assert not joined_disclosures(*released_worlds(worlds))
