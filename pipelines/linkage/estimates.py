"""The rows every estimator returns: ``linkage_estimates`` and ``linkage_guards``.

Here: the two schemas, the result type, and the making of empty and filled frames. Not here: what a
number means (the estimators), whether it may be shown (``guards``), or how it is put in words
(``sentences``). A new column is added here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import polars as pl

VERDICTS = ("supported", "opposite", "practically_none", "inconclusive", "refused")

_TEXT, _INT, _REAL = pl.String(), pl.Int64(), pl.Float64()

ESTIMATES_SCHEMA: dict[str, pl.DataType] = {
    # provenance, filled by the stage that runs the estimators; run id and clock times live only in
    # the publication table, so that two runs on the same data give the same rows
    "config_hash": _TEXT, "data_hash": _TEXT,
    # the question; all rows of one question share one p, one q and one verdict
    "question_id": _TEXT, "window_id": _TEXT, "period_start": pl.Date(), "period_end": pl.Date(),
    "estimand": _TEXT, "level": _TEXT, "term": _TEXT, "x_measure": _TEXT, "y_measure": _TEXT,
    "x_label": _TEXT, "y_label": _TEXT, "component": _TEXT, "effect_type": _TEXT,
    "segment_by": _TEXT, "segment": _TEXT, "adjusted_for": _TEXT,
    "lag": _INT, "lag_set": _TEXT, "lag_set_low": _INT, "lag_set_high": _INT,
    # how much evidence, after suppression
    "n_units": _INT, "n_clusters": _INT, "n_periods": _INT, "n_cells": _INT,
    "n_responses_x": _INT, "n_responses_y": _INT,
    "n_units_suppressed": _INT, "share_headcount_suppressed": _REAL,
    # the number
    "estimate": _REAL, "std_error": _REAL, "statistic": _REAL, "df": _REAL, "df2": _REAL,
    "conf_level": _REAL, "conf_low": _REAL, "conf_high": _REAL, "conf_method": _TEXT,
    "conf_shape": _TEXT, "equivalence_low": _REAL, "equivalence_high": _REAL,
    "p_value": _REAL, "q_value": _REAL, "p_adjust_method": _TEXT, "family": _TEXT,
    # how it was made
    "unit_x": _TEXT, "unit_y": _TEXT, "per": _TEXT, "method": _TEXT, "weights": _TEXT,
    "cluster": _TEXT, "reliability": _REAL, "signal_t": _REAL, "mde": _REAL,
    "robustness_value": _REAL, "sesoi": _REAL, "expected_sign": _TEXT, "primary": pl.Boolean(),
    # what it amounts to
    "verdict": _TEXT, "direction": _TEXT, "guard_code": _TEXT, "sentence": _TEXT,
}  # fmt: skip

GUARDS_SCHEMA: dict[str, pl.DataType] = {
    "question_id": _TEXT, "window_id": _TEXT, "estimand": _TEXT,
    "x_measure": _TEXT, "y_measure": _TEXT, "segment_by": _TEXT, "segment": _TEXT,
    "adjusted_for": _TEXT, "component": _TEXT,
    "guard_id": _TEXT, "code": _TEXT, "severity": _TEXT,
    "n_affected": _INT, "n_total": _INT, "value": _REAL, "threshold": _REAL,
    "message": _TEXT, "next_step": _TEXT,
}  # fmt: skip

KEY_COLUMNS = ("question_id", "component", "effect_type", "method", "conf_method", "term", "lag")
"""Together these name one row of a run; ``question_id`` includes the window and the pair."""


def frame(rows: Iterable[Mapping[str, Any]], schema: Mapping[str, pl.DataType]) -> pl.DataFrame:
    """Rows as a frame of exactly this schema; columns a row lacks are null.

    >>> frame([{"code": "too_few_units"}], GUARDS_SCHEMA)["code"].to_list()
    ['too_few_units']
    """
    filled = [{name: row.get(name) for name in schema} for row in rows]
    if not filled:
        return _empty(tuple(schema.items())).clone()
    return pl.DataFrame(filled, schema=dict(schema), orient="row", strict=False)


@cache
def _empty(schema: tuple[tuple[str, pl.DataType], ...]) -> pl.DataFrame:
    """A frame without rows takes longer to make than one with rows."""
    return pl.DataFrame(schema=dict(schema))


@dataclass(frozen=True)
class Linkage:
    """What every estimator returns: estimate rows, guard rows, and companion tables by name."""

    estimates: pl.DataFrame = field(default_factory=lambda: frame([], ESTIMATES_SCHEMA))
    guards: pl.DataFrame = field(default_factory=lambda: frame([], GUARDS_SCHEMA))
    companions: Mapping[str, pl.DataFrame] = field(default_factory=dict)

    def row(self, **wanted: Any) -> dict[str, Any]:
        """The single estimate row with these values, as a dict; ``LookupError`` otherwise.

        >>> Linkage().row(component="observed")
        Traceback (most recent call last):
        ...
        LookupError: 0 rows with {'component': 'observed'}, expected 1
        """
        found = list(range(len(self.estimates)))
        for name, value in wanted.items():
            column = self.estimates[name].to_list()
            found = [i for i in found if column[i] == value]
        if len(found) != 1:
            raise LookupError(f"{len(found)} rows with {wanted}, expected 1")
        return self.estimates.row(found[0], named=True)

    def codes(self, severity: str | None = None) -> list[str]:
        """Guard codes in order of weight, optionally of one severity."""
        rows = self.guards if severity is None else self.guards.filter(severity=severity)
        return rows["code"].unique(maintain_order=True).to_list()
