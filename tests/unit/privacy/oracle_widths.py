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
    n, one = len(signed), sparse.csc_array(np.vstack([matrix, above]))
    copies = np.arange(n)[:, None]
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = n * one.shape[0], n * one.shape[1]
    model.col_cost_ = signed.ravel()
    model.col_lower_, model.col_upper_ = np.tile(low, n), np.tile(high, n)
    model.row_lower_ = np.tile(np.concatenate([totals, np.full(len(limits), -np.inf)]), n)
    model.row_upper_ = np.tile(np.concatenate([totals, limits]), n)
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_ = np.append(0, one.indptr[1:] + one.nnz * copies).astype(np.int32)
    model.a_matrix_.index_ = (one.indices + one.shape[0] * copies).ravel().astype(np.int32)
    model.a_matrix_.value_ = np.tile(one.data, n)
    solver = highspy.Highs()  # SciPy hands it the same, and reads back ten times what is asked for
    solver.setOptionValue("output_flag", False)
    solver.passModel(model)
    solver.run()
    assert solver.getModelStatus() == highspy.HighsModelStatus.kOptimal, solver.getModelStatus()
    found = np.array(solver.getSolution().col_value).reshape(signed.shape)
    least, less = np.split((signed * found).sum(axis=1), 2)
    return -less - least
