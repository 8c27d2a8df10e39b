"""Designs at smoke size: few repetitions, bounds widened by chance only."""

from __future__ import annotations

from tests.recovery.trial import design_named, repetition, summarise

REPETITIONS, COSTLY_REPETITIONS, COSTLY = 60, 24, 8
WIDEN = 3.5


def misses(key: str) -> list[str]:
    """Outcomes outside their bounds by more than 3.5 Monte-Carlo standard errors."""
    n = COSTLY_REPETITIONS if design_named(key).cost >= COSTLY else REPETITIONS
    found = summarise(key, [repetition(key, number) for number in range(n)])
    return [
        f"{f.outcome}: {f.mean:.3f}, accepted {f.low} to {f.high}"
        for f in found
        if f.n >= 10 and not f.is_met(widen=WIDEN)
    ]
