"""Linear programmes by HiGHS: least and most of many objectives over one set of constraints.

What belongs here: handing a model to the solver. What does not: which models are worth solving.

SciPy calls the same solver but reads every dual value back in a Python loop, which took twice as
long as solving, and builds the model anew for each objective; here each starts from the last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import highspy
import numpy as np

if TYPE_CHECKING:
    from scipy import sparse

PRIMAL = 4
"""Simplex from the last solution, which fulfils the constraints of the next objective, too."""
CERTAIN = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kInfeasible,
    highspy.HighsModelStatus.kUnbounded,
    highspy.HighsModelStatus.kUnboundedOrInfeasible,
)


class Constraints:
    """`row_low <= rows @ x <= row_high`, `low <= x <= high`.

    `rows`, shape (constraints, unknowns), may be sparse; a bound may be infinite.
    """

    def __init__(
        self,
        rows: np.ndarray | sparse.spmatrix,
        row_low: np.ndarray,
        row_high: np.ndarray,
        low: np.ndarray,
        high: np.ndarray,
    ) -> None:
        start, index, value = _by_column(rows)
        model = highspy.HighsLp()
        model.num_row_, model.num_col_ = rows.shape
        model.col_cost_ = np.zeros(len(low))
        model.col_lower_, model.col_upper_ = low.astype(float), high.astype(float)
        model.row_lower_, model.row_upper_ = row_low.astype(float), row_high.astype(float)
        model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
        model.a_matrix_.start_, model.a_matrix_.index_ = start, index
        model.a_matrix_.value_ = value
        self._solver = highspy.Highs()
        for option, value in (("output_flag", False), ("threads", 1), ("simplex_strategy", PRIMAL)):
            self._solver.setOptionValue(option, value)
        self._solver.passModel(model)
        self._unknowns = np.arange(len(low), dtype=np.int32)

    def least(self, objective: np.ndarray) -> float:
        """Least value of `objective @ x`; -inf where there is none, or nothing fulfils the rows.

        Raises RuntimeError where the solver cannot tell.
        """
        if not self._is_solved(objective):
            return -np.inf
        return float(self._solver.getInfo().objective_function_value)

    def argmin(self, objective: np.ndarray) -> np.ndarray | None:
        """Unknowns, shape (unknowns,), at that least value; None where there is none."""
        if not self._is_solved(objective):
            return None
        return np.array(self._solver.getSolution().col_value)

    def _is_solved(self, objective: np.ndarray) -> bool:
        self._solver.changeColsCost(len(self._unknowns), self._unknowns, objective.astype(float))
        self._solver.run()
        if self._solver.getModelStatus() not in CERTAIN:  # dust gathered on the way to the last one
            self._solver.clearSolver()
            self._solver.run()
        if self._solver.getModelStatus() not in CERTAIN:
            msg = f"HiGHS ended with {self._solver.getModelStatus()}"
            raise RuntimeError(msg)  # no bound at all would pass for a wide one
        return self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal


def _by_column(rows: np.ndarray | sparse.spmatrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where each column starts, and row and value of what is not zero, column by column."""
    if not isinstance(rows, np.ndarray):
        matrix = rows.tocsc()
        return matrix.indptr, matrix.indices, matrix.data
    column, row = np.nonzero(rows.T)  # SciPy would look at a small table for longer
    start = np.searchsorted(column, np.arange(rows.shape[1] + 1))
    return start.astype(np.int32), row.astype(np.int32), rows[row, column].astype(float)
