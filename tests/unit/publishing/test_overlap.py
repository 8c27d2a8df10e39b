"""The overlap rule: by two estimates nobody can work out the units that lie between them."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.linkage.estimates import GUARDS_SCHEMA
from pipelines.publishing.overlap import SMALLEST_DIFFERENCE, withhold_overlap

WHOLE = {"window_id": "w", "x_measure": "x", "y_measure": "y", "level": "unit"}
GUARDS = pl.DataFrame(schema=GUARDS_SCHEMA)


def estimates(whole: int, segments: dict[str, int], values: dict[str, float] | None = None):
    """Released rows: the whole, and one row for each segment."""
    values = values or {}
    rows = [
        {**WHOLE, "question_id": name, "estimand": "between", "segment_by": by, "segment": segment,
         "adjusted_for": None, "component": "observed", "n_units": n,
         "n_responses_x": 10 * n, "estimate": values.get(name, 0.5), "conf_low": 0.1,
         "verdict": "supported", "guard_code": None, "sentence": "It is so."}
        for name, by, segment, n in [
            ("whole", None, None, whole),
            *((s, "region", s, n) for s, n in segments.items()),
        ]
    ]  # fmt: skip
    return pl.DataFrame(rows, schema_overrides={"guard_code": pl.String, "adjusted_for": pl.String})


def shown(frame: pl.DataFrame) -> list[str]:
    return frame.filter(pl.col("estimate").is_not_null())["question_id"].to_list()


@pytest.mark.parametrize(
    ("whole", "segments", "expected"),
    [
        (60, {"a": 40, "b": 20}, ["whole", "a", "b"]),
        (70, {"a": 40, "b": 20}, ["whole", "a", "b"]),
        (69, {"a": 40, "b": 20}, ["whole", "a"]),
        (61, {"a": 40, "b": 20}, ["whole", "a"]),
        (30, {"a": 25}, ["whole"]),
        (20, {"a": 12, "b": 4, "c": 3}, ["whole"]),
    ],
)
def test_what_is_left_is_nothing_or_ten_units(whole, segments, expected) -> None:
    found, guards = withhold_overlap(estimates(whole, segments), GUARDS)
    assert shown(found) == expected
    refused = found.filter(pl.col("estimate").is_null())
    assert refused["verdict"].to_list() == ["refused"] * refused.height
    assert refused["n_responses_x"].null_count() == refused.height
    assert guards["code"].to_list() == ["overlap"] * refused.height


def test_estimate_inversion_needs_the_segment_that_is_withheld() -> None:
    """Mean and segment means tell the rest exactly; without the smallest segment they do not."""
    rng = np.random.default_rng(4)
    scores = {"a": rng.normal(70, 5, 40), "b": rng.normal(60, 5, 20), "left": rng.normal(30, 5, 3)}
    mean = {name: float(values.mean()) for name, values in scores.items()}
    mean["whole"] = float(np.concatenate(list(scores.values())).mean())
    made = estimates(63, {"a": 40, "b": 20}, mean)

    def worked_out(frame: pl.DataFrame) -> tuple[float, int]:
        told = frame.filter(pl.col("estimate").is_not_null())
        parts = told.filter(pl.col("segment").is_not_null())
        whole = told.filter(pl.col("segment").is_null()).row(0, named=True)
        n = whole["n_units"] - int(parts["n_units"].sum())
        total = whole["estimate"] * whole["n_units"] - float(
            (parts["estimate"] * parts["n_units"]).sum()
        )
        return total / n, n

    exposed, few = worked_out(made)
    assert few == 3 and exposed == pytest.approx(mean["left"])
    safe, many = worked_out(withhold_overlap(made, GUARDS)[0])
    assert many >= SMALLEST_DIFFERENCE and abs(safe - mean["left"]) > 10
