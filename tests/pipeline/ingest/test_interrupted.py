"""A pull killed at any write, rename or sync, and pulled again, ends as if nothing had happened."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipelines import landing
from tests.unit.connectors.homes import Home, source

STEPS = {"replace": Path, "rename": Path, "fsync": os, "mkdir": Path, "rmtree": shutil}
"""What makes something lasting, by name."""


class Killed(BaseException):
    """What `kill -9` leaves: no cleaning up by `except Exception`."""


@contextmanager
def killed_at(step: int, *, after: bool) -> Iterator[None]:
    """End everything at the given step, and let nothing clean up behind it."""
    seen = -1
    is_dead = False
    with pytest.MonkeyPatch.context() as patch:

        def deadly(original: Callable) -> Callable:
            def act(*args: object, **options: object) -> object:
                nonlocal seen, is_dead
                if is_dead:  # a killed process removes nothing
                    raise Killed
                seen += 1
                if seen == step and not after:
                    is_dead = True
                    raise Killed
                done = original(*args, **options)
                if seen == step:
                    is_dead = True
                    raise Killed
                return done

            return act

        for name, owner in STEPS.items():
            if after and name not in ("replace", "rename"):
                continue
            patch.setattr(owner, name, deadly(getattr(owner, name)))
        yield


def content(home: Home) -> tuple:
    frames = [home.landed(t) for t in ("customer_feedback", "comments", landing.REJECTS)]
    return home.state().is_stale, home.manifests(), [f.rows() for f in frames]


def fill(home: Home, *, changed: bool) -> None:
    row = ("2025-01-01T10:00:00Z", "C1", "S1")
    home.write_rows("in/a.csv", [("F1", *row, 7), ("F2", *row, "x")])
    home.write_rows("in/b.csv", [("F3", *row, 8 if changed else 3)])
    if changed:
        home.write_rows("in/c.csv", [("F4", *row, 1)])


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_a_killed_pull_is_finished_by_the_next(tmp_path: Path, after: bool) -> None:
    wanted = Home(tmp_path / "wanted", source(comment="store"))
    fill(wanted, changed=True)
    wanted.pull()
    step, ended = 0, False
    while not ended:
        home = Home(tmp_path / f"step{step}", source(comment="store"))
        fill(home, changed=False)
        home.pull()
        fill(home, changed=True)
        try:
            with killed_at(step, after=after):
                home.pull()
            ended = True
        except Killed:
            old = home.landed()["score_raw"].sort().to_list()
            assert old in ([3.0, 7.0], [1.0, 7.0, 8.0]), f"half a pull is seen at step {step}"
        landing.sweep(home.settings.landing)
        home.pull()
        assert content(home) == content(wanted), f"step {step}"
        left = list(home.settings.landing.glob("*/.*"))
        assert left == [], f"step {step}"
        step += 1
    assert step > 5, "the steps were not met"


def test_sweeping_leaves_what_is_in_use(tmp_path: Path) -> None:
    home = Home(tmp_path, source())
    fill(home, changed=True)
    home.pull()
    before = content(home)
    (home.settings.landing / "feedback" / ".half.123").mkdir()
    (home.settings.landing / "feedback" / ".inputs.json.123").write_text("{")
    landing.sweep(home.settings.landing)

    assert content(home) == before
    assert not list(home.settings.landing.glob("*/.*"))
