"""One question being answered: its key, its counts, its findings, its rows.

Here: the collecting of rows and guard findings for one question, and what refusing means. Not here:
estimation, or verdicts and q-values (``verdicts`` makes them when the question is closed).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import polars as pl

from pipelines.linkage.estimates import Linkage
from pipelines.linkage.guards import Finding, by_weight, deciding, stopped
from pipelines.linkage.intervals import Interval, smallest_detectable
from pipelines.linkage.panel import Cells
from pipelines.linkage.settings import Settings
from pipelines.linkage.verdicts import settle

VERSION = "1"


def _whole(values: np.ndarray) -> int | None:
    return None if np.isnan(values).any() or not len(values) else round(float(values.sum()))


def _or_null(value: Any) -> Any:
    """Undefined numbers are null in every row."""
    return None if isinstance(value, float) and not np.isfinite(value) else value


class Question:
    """Rows and findings of one (x, y, estimand, segment, adjusted_for) in one window."""

    def __init__(
        self, estimand: str, level: str, settings: Settings, cells: Cells | None,
        *, adjusted_for: str | None = None, part: str | None = None, term: str = "mean_e",
        weighted: bool = False,
    ) -> None:  # fmt: skip
        """``weighted``: the estimator uses the weights asked for; others count units equally."""
        self.settings = settings
        self.findings: list[Finding] = []
        self.rows: list[dict[str, Any]] = []
        self.unit_cluster = None if cells is None else cells.unit_cluster
        key = (settings.window_id, settings.x_measure, settings.y_measure, estimand, level,
               settings.segment_by, settings.segment, adjusted_for, part)  # fmt: skip
        self.base: dict[str, Any] = {
            "question_id": "|".join("" if k is None else str(k) for k in key),
            "window_id": settings.window_id, "period_start": settings.period_start,
            "period_end": settings.period_end, "estimand": estimand, "level": level, "term": term,
            "x_measure": settings.x_measure, "y_measure": settings.y_measure,
            "x_label": settings.x_label or settings.x_measure,
            "y_label": settings.y_label or settings.y_measure,
            "segment_by": settings.segment_by, "segment": settings.segment,
            "adjusted_for": adjusted_for, "conf_level": settings.conf_level,
            "unit_x": settings.unit_x, "unit_y": settings.unit_y,
            "per": settings.per or f"1 {settings.unit_x}",
            "weights": settings.weights if weighted else "equal",
            "cluster": settings.cluster, "expected_sign": settings.expected_direction,
            "primary": settings.primary,
        }  # fmt: skip
        if cells is not None:
            self.base |= {
                "n_units": cells.n_units, "n_clusters": cells.n_clusters,
                "n_periods": cells.n_periods, "n_cells": cells.n_cells,
                "n_responses_x": _whole(cells.n_x), "n_responses_y": _whole(cells.n_y),
                "n_units_suppressed": cells.n_units_suppressed,
                "share_headcount_suppressed": cells.share_headcount_suppressed,
                "cluster": cells.cluster_name,
                "weights": settings.weights if weighted and np.isfinite(cells.n_y).all()
                else "equal",
            }  # fmt: skip

    def find(self, *findings: Finding | Iterable[Finding]) -> None:
        """Note guards that fired."""
        for found in findings:
            self.findings.extend([found] if isinstance(found, Finding) else found)

    def is_stopped(self, component: str | None = None, effect_type: str | None = None) -> bool:
        """Whether rows (of this component) are refused."""
        return stopped(self.findings, component, effect_type)

    def row(
        self, component: str, effect_type: str, *, interval: Interval | None = None, **numbers: Any
    ) -> None:
        """Add a row; its numbers become null when a guard refuses the component."""
        row = self.base | {"component": component, "effect_type": effect_type}
        if "method" in numbers:
            numbers["method"] = f"{numbers['method']}/{VERSION}"
        if self.is_stopped(component, effect_type):
            kept = ("method", "term", "lag", "segment", "sesoi")
            row |= {k: v for k, v in numbers.items() if k in kept} | {"verdict": "refused"}
        else:
            row |= {k: _or_null(v) for k, v in numbers.items()}
            if interval is not None:
                row |= {"conf_low": _or_null(interval.low), "conf_high": _or_null(interval.high),
                        "conf_shape": interval.shape}  # fmt: skip
        self.rows.append(row)

    def mde(self, std_error: float, df: float) -> float:
        """Smallest detectable effect at the question's level and 80% power."""
        return smallest_detectable(std_error, df, self.settings.conf_level)

    def parts(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Rows with their deciding guard, and the guard rows, before verdicts."""
        rows = []
        for row in self.rows:
            found = deciding(self.findings, row["component"], row["effect_type"])
            code = found.code if found and found.severity != "note" else None
            rows.append(row | {"guard_code": code})
        return rows, [self._guard_row(f) for f in by_weight(self.findings)]

    def result(self, companions: dict[str, pl.DataFrame] | None = None) -> Linkage:
        """The question closed: verdict and sentence on every row."""
        rows, guards = self.parts()
        return settle(rows, guards, companions)

    def _guard_row(self, found: Finding) -> dict[str, Any]:
        keys = ("question_id", "window_id", "estimand", "x_measure", "y_measure", "segment_by",
                "segment", "adjusted_for")  # fmt: skip
        return {k: self.base[k] for k in keys} | {
            "component": found.component, "guard_id": found.guard_id, "code": found.code,
            "severity": found.severity, "n_affected": found.n_affected, "n_total": found.n_total,
            "value": found.value, "threshold": found.threshold, "message": found.message,
            "next_step": found.next_step,
        }  # fmt: skip
