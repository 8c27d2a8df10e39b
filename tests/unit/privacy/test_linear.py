"""Bounds by our calls of the solver are those of SciPy's, objective after objective."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from pipelines.linear import Constraints


@pytest.mark.parametrize("seed", range(40))
def test_least_values_are_scipys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(1, 8)), int(rng.integers(1, 6))
    rows = rng.integers(-1, 2, (k, n)).astype(float)
    point = rng.uniform(0, 5, n)
    is_equal = rng.random(k) < 0.5
    low = np.where(is_equal, rows @ point, -np.inf)
    high = rows @ point + np.where(is_equal, 0.0, 1.0)
    most = np.where(rng.random(n) < 0.3, np.inf, 10.0)
    ours = Constraints(rows, low, high, np.zeros(n), most)

    for objective in rng.normal(size=(6, n)):
        theirs = linprog(
            objective,
            A_eq=rows[is_equal] if is_equal.any() else None,
            b_eq=high[is_equal] if is_equal.any() else None,
            A_ub=rows[~is_equal] if not is_equal.all() else None,
            b_ub=high[~is_equal] if not is_equal.all() else None,
            bounds=np.column_stack([np.zeros(n), most]),
        )
        least, at = ours.least(objective), ours.argmin(objective)
        if theirs.status == 0:
            assert least == pytest.approx(theirs.fun, abs=1e-6)
            assert at is not None
            assert objective @ at == pytest.approx(theirs.fun, abs=1e-6)
        else:
            assert (least, at) == (-np.inf, None)


def test_sums_that_do_not_hold_have_no_least_value() -> None:
    rows = np.array([[1.0, 1.0], [1.0, 1.0]])
    totals = np.array([1.0, 2.0])
    never = Constraints(rows, totals, totals, np.zeros(2), np.full(2, np.inf))
    assert never.least(np.ones(2)) == -np.inf
    assert never.argmin(np.ones(2)) is None
