"""Known truth at smoke size: 60 repetitions, bounds widened by 3.5 Monte-Carlo standard errors."""

from __future__ import annotations

import pytest

from tests.recovery.designs import DESIGNS
from tests.recovery.trial import repetition, summarise

REPETITIONS = 60


@pytest.mark.parametrize("key", [d.key for d in DESIGNS])
def test_truth_is_recovered(key: str) -> None:
    slow = next(d.cost for d in DESIGNS if d.key == key) >= 8
    outcomes = [
        repetition(key, number) for number in range(REPETITIONS // 2 if slow else REPETITIONS)
    ]
    missed = [f for f in summarise(key, outcomes) if f.n >= 10 and not f.is_met(widen=3.5)]
    assert not missed, "\n".join(
        f"{f.outcome}: {f.mean:.3f}, accepted {f.low} to {f.high}" for f in missed
    )
