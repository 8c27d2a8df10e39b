"""Companies with an attack planted in them, and a compiler without its defences."""

from __future__ import annotations

import pytest

from pipelines.privacy import mask as compiler
from tests.unit.privacy.release_files import answers, world


def weakened(monkeypatch: pytest.MonkeyPatch) -> None:
    """A compiler that hides small cells and nothing else."""
    monkeypatch.setattr(compiler, "hide_more", lambda blocks, _: [set(b.primary) for b in blocks])
    for defence in ("must_wait", "hide_beside_movers", "seem_to_tell"):
        monkeypatch.setattr(compiler, defence, lambda *_: set())


BERGEN = [*answers("A", "Bergen", 20), *answers("B", "Bergen", 14), *answers("C", "Bergen", 3)]
OSLO = [*answers("D", "Oslo", 12), *answers("E", "Oslo", 9)]
PLANTED = {
    "parent minus siblings": world([*BERGEN, *OSLO]),
    "lone hidden team of three": world([*answers("A", "Bergen", 9), *answers("C", "Bergen", 3)]),
    "team versus location": world(
        [*answers("A", "Bergen", 8), *answers("A", "Oslo", 2), *answers("B", "Oslo", 11),
         *answers("D", "Bergen", 9)]
    ),
    "month versus quarter": world(
        [*answers("A", "Bergen", 4), *answers("A", "Bergen", 9, period="m2"),
         *answers("A", "Bergen", 8, period="m3")],
        {"q1": ("m1", "m2", "m3")},
    ),
    "counts of promoters versus score": world(
        [*answers("A", "Bergen", 20, metric="nps"), *answers("B", "Bergen", 14, metric="nps"),
         *answers("C", "Bergen", 3, metric="nps")]
    ),
}  # fmt: skip
