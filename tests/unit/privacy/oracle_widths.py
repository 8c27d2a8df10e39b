"""How far unknowns may go, for the tests' solver: HiGHS once, cold, and nothing of the compiler."""

from __future__ import annotations

import highspy
import numpy as np
from scipy import sparse


def widths(matrix, totals, low, high, objectives, above=None, limits=None) -> np.ndarray:
    """Most less least of every objective: two copies for each, all in one programme."""
    above = np.zeros((0, matrix.shape[1])) if above is None else above
    limits = np.zeros(0) if limits is None else limits
    signed = np.vstack([objectives, -objectives])
    n = len(signed)
    rows = sparse.kron(sparse.eye(n), np.vstack([matrix, above]), format="csc")
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    model.col_cost_ = signed.ravel()
    model.col_lower_, model.col_upper_ = np.tile(low, n), np.tile(high, n)
    model.row_lower_ = np.tile(np.concatenate([totals, np.full(len(limits), -np.inf)]), n)
    model.row_upper_ = np.tile(np.concatenate([totals, limits]), n)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = rows.indptr, rows.indices
    model.a_matrix_.value_ = rows.data
    solver = highspy.Highs()  # SciPy hands it the same, and reads back ten times what is asked for
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, solver.getModelStatus()
    found = np.array(solver.getSolution().col_value).reshape(signed.shape)
    least, less = np.split((signed * found).sum(axis=1), 2)
    return -less - least
