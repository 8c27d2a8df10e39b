"""Run designs many times and compare mean outcomes with their bounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tests.recovery.designs import DESIGNS
from tests.recovery.outcomes import Design, Outcomes


@dataclass(frozen=True)
class Finding:
    """One outcome of one design over all repetitions."""

    design: str
    outcome: str
    mean: float
    std_error: float
    n: int
    low: float | None
    high: float | None

    def is_met(self, widen: float = 0.0) -> bool:
        """Inside the bounds, widened by a number of Monte-Carlo standard errors."""
        if self.low is None or self.high is None:
            return True
        slack = widen * self.chance + 1e-12
        return bool(self.low - slack <= self.mean <= self.high + slack)

    @property
    def chance(self) -> float:
        """Monte-Carlo SE; a rate of exactly 0 or 1 takes that of the nearest bound."""
        if self.low is not None and self.high is not None and self.std_error == 0 and self.n:
            bound = self.low if self.mean <= self.low else self.high
            return float(np.sqrt(max(bound * (1 - bound), 0.0) / self.n))
        return self.std_error


def design_named(key: str) -> Design:
    return next(d for d in DESIGNS if d.key == key)


def repetition(key: str, number: int) -> Outcomes:
    """One repetition; its seed depends only on design and number."""
    return design_named(key).run(np.random.default_rng([int(key[1:]), number]))


def summarise(key: str, outcomes: list[Outcomes]) -> list[Finding]:
    accept = design_named(key).accept
    found = []
    for name in outcomes[0]:
        values = np.array([o[name] for o in outcomes], dtype=float)
        values = values[np.isfinite(values)]
        n = len(values)
        low, high = accept.get(name, (None, None))
        found.append(Finding(
            key, name, float(values.mean()) if n else float("nan"),
            float(values.std() / np.sqrt(n)) if n else float("nan"), n, low, high,
        ))  # fmt: skip
    return found
