"""Other implementations of every family, on one random design each: pairs of ours and theirs.

Every oracle takes a random generator and returns ``{name: (ours, theirs)}``. Theirs is another
library, or the definition spelled out in loops and refits; nothing of the engine is used for it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import oracles_formulas as formulas
import oracles_panels as panels
import oracles_time as time
from random_panels import Pairs, Rng

FAMILIES: dict[str, Callable[[Rng], Pairs]] = {
    oracle.__name__: oracle
    for oracle in (
        formulas.correlations,
        formulas.partial,
        formulas.aggregation_quality,
        formulas.shares,
        formulas.many_tests,
        formulas.promoters,
        formulas.meta_analysis,
        panels.repeated,
        panels.mixed_model,
        panels.least_squares,
        panels.between_corrected,
        panels.within_corrected,
        time.lags,
        time.quarters,
        time.changed_slope,
        time.planned_change,
        panels.ladder,
        panels.overlap,
    )
}


def disagreements(name: str, seed: int, rtol: float = 1e-6) -> list[str]:
    """What differs in one random design of a family."""
    rng = np.random.default_rng([seed, sum(name.encode())])
    wrong = []
    for key, (ours, theirs) in FAMILIES[name](rng).items():
        a, b = np.asarray(ours, float), np.asarray(theirs, float)
        if a.shape != b.shape or not np.allclose(a, b, rtol=rtol, atol=1e-8, equal_nan=True):
            wrong.append(f"{name} seed {seed} {key}: ours {a}, theirs {b}")
    return wrong
