"""Widths of linear programmes, and the lower bounds that do for them, against another caller."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from pipelines.privacy.widths import Programme, Widths, directions_unseen


def made_up(rng: np.random.Generator) -> Programme:
    """Sums over some of few unknowns between walls, their truth inside, and limits on others."""
    k, n = int(rng.integers(1, 4)), int(rng.integers(3, 8))
    rows = (rng.random((k, n)) < 0.5).astype(float)
    low = np.zeros(n)
    high = rng.integers(1, 9, n).astype(float)
    point = np.floor(rng.random(n) * (high + 1))  # often at a wall
    above = rng.normal(size=(int(rng.integers(0, 3)), n))
    return Programme(
        rows, point, low, high, above, above @ point + rng.random(len(above)),
        (rng.random((5, n)) < 0.4).astype(float), rng.uniform(0, 12, 5), directions_unseen(rows),
    )  # fmt: skip


def width(p: Programme, objective: np.ndarray) -> float:
    least, less = (
        linprog(
            sign * objective, A_eq=p.rows, b_eq=p.totals, A_ub=p.above, b_ub=p.limits,
            bounds=np.column_stack([p.low, p.high]),
        ).fun
        for sign in (1.0, -1.0)
    )  # fmt: skip
    return -less - least


@pytest.mark.parametrize("seed", range(12))
def test_a_width_is_exact_or_a_bound_that_is_enough(seed: int) -> None:
    p = made_up(np.random.default_rng(seed))
    widths = Widths(p)
    for i, objective in enumerate(p.objectives):
        exact = width(p, objective)
        assert widths.freedom(i) <= exact + 1e-6
        found = widths.of(i)
        assert found <= exact + 1e-6
        assert found >= p.enough[i] or found == pytest.approx(exact, abs=1e-6)


def test_an_objective_the_equations_see_has_no_width() -> None:
    rows = np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    p = Programme(
        rows, np.ones(3), np.zeros(3), np.full(3, np.inf), np.zeros((0, 3)), np.zeros(0),
        np.array([[1.0, 1.0, 1.0], [1.0, 0.0, 0.0]]), np.full(2, 9.0), directions_unseen(rows),
    )  # fmt: skip
    widths = Widths(p)
    assert (widths.freedom(0), widths.of(0)) == (0.0, 0.0)
    assert widths.of(1) == pytest.approx(2.0)
