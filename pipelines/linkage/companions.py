"""Companion tables: what does not fit one row per estimate, in fixed columns.

Here: the schema of each companion table and the making of one from columns. Not here: the numbers.
Refused questions give an empty table of the same columns, so every table always exists.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

KEYS = ("question_id", "window_id", "x_measure", "y_measure")
_TEXT, _INT, _REAL, _FLAG = pl.String(), pl.Int64(), pl.Float64(), pl.Boolean()

COMPANION_SCHEMAS: dict[str, dict[str, pl.DataType]] = {
    "linkage_driver_shares": {
        "level": _TEXT, "component": _TEXT, "method": _TEXT, "item": _TEXT, "share": _REAL,
        "share_low": _REAL,
        "share_high": _REAL, "r_squared_piece": _REAL, "zero_order_r": _REAL, "rank": _INT,
        "rank_low": _INT, "rank_high": _INT, "is_in_top_set": _FLAG,
        "above_noise": _REAL, "above_noise_low": _REAL, "above_noise_high": _REAL,
        "is_above_noise": _FLAG,
    },
    "linkage_lag_profiles": {
        "lag": _INT, "slope": _REAL, "std_error": _REAL, "statistic": _REAL, "band_low": _REAL,
        "band_high": _REAL, "critical_value": _REAL, "n_pairs": _INT, "share_of_draws": _REAL,
        "is_in_lag_set": _FLAG,
    },
    "linkage_binned_curves": {
        "bin": _INT, "n_units": _INT, "mean_x": _REAL, "mean_y": _REAL, "std_error": _REAL,
        "conf_low": _REAL, "conf_high": _REAL,
    },
    "linkage_segment_forests": {
        "segment_by": _TEXT, "segment": _TEXT, "n_units": _INT, "n_clusters": _INT, "slope": _REAL,
        "std_error": _REAL, "df": _REAL, "slope_shrunken": _REAL, "slope_corrected": _REAL,
        "std_error_corrected": _REAL,
    },
    "linkage_reliability": {
        "measure": _TEXT, "period_index": _INT, "n_units": _INT, "n_responses": _INT, "icc1": _REAL,
        "icc2": _REAL, "icc2_low": _REAL, "icc2_high": _REAL, "msb": _REAL, "msw": _REAL,
        "n0": _REAL, "n_items": _INT, "rwgj_mean": _REAL, "rwgj_median": _REAL,
        "rwgj_share_070": _REAL,
    },
    "linkage_period_slopes": {
        "period_index": _INT, "slope": _REAL, "std_error": _REAL, "refit_slope": _REAL,
        "refit_std_error": _REAL, "refit_z": _REAL, "is_alert": _FLAG,
    },
}  # fmt: skip

MADE_BY = {
    "linkage_driver_shares": "driver",
    "linkage_lag_profiles": "lag",
    "linkage_binned_curves": "nonlinear",
    "linkage_segment_forests": "segment",
    "linkage_reliability": "aggregation",
    "linkage_period_slopes": "change",
}
"""The one estimand each companion table comes from."""


def companion(
    name: str, base: Mapping[str, Any], columns: Mapping[str, Any] | None = None
) -> dict[str, pl.DataFrame]:
    """One companion table by name, keyed by the question; empty without columns.

    >>> table = companion("linkage_period_slopes", {"question_id": "q"})["linkage_period_slopes"]
    >>> len(table), table.columns[-1]
    (0, 'is_alert')
    """
    schema = COMPANION_SCHEMAS[name]
    given = columns or {}
    size = len(next(iter(given.values()), []))
    table = pl.DataFrame({c: given.get(c, [None] * size) for c in schema}, strict=False)
    keys = (pl.lit(base.get(k), dtype=pl.String).alias(k) for k in KEYS)
    values = ((pl.col(c).cast(t), t) for c, t in schema.items())
    return {name: table.select(*keys, *(v.fill_nan(None) if t == _REAL else v for v, t in values))}
