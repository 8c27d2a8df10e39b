"""Files that must be refused, rejected or warned about, through the rows a user sees."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from reading import Case, as_panel, cases_in, table

from pipelines.linkage import (
    Linkage,
    adjusted,
    aggregation,
    between,
    change,
    contrast,
    lag_profile,
    nonlinear,
    power,
    segments,
    within,
)  # fmt: skip

CASES = cases_in("guards.json")
ESTIMATORS: dict[str, Callable[..., Linkage]] = {
    "between": between, "within": within, "lag": lag_profile, "adjusted": adjusted,
    "contrast": contrast, "change": change, "nonlinear": nonlinear, "aggregation": aggregation,
    "segment": lambda panel: segments(panel, by="region_id"), "power": power,
}  # fmt: skip
ALIASES = {
    "carried_forward": {"no_within_variation", "repeated_values"},
    "no_within_variation": {"no_within_variation"},
    "n_exceeds_headcount": {"responses_exceed_headcount"},
    "too_few_units": {"too_few_units", "few_units"},
    "too_few_periods": {"too_few_periods", "two_periods"},
}
OF_CORRECTED = {"low_reliability", "not_estimable", "overlap_unknown", "counts_unknown"}
"""Guards on the correction for sampling error; the observed rows stand."""
WHOLE = ("between", "within", "lag", "adjusted", "contrast", "change", "nonlinear")


def _holds(result: Linkage, wanted: str) -> bool:
    action, code = wanted.split(":")
    codes = ALIASES.get(code, {code})
    if action == "warn":
        return bool(codes & set(result.codes("warn")))
    rows = result.estimates
    if codes <= OF_CORRECTED:
        rows = rows.filter(component="corrected")
    refused = rows.filter(verdict="refused")
    whole = len(refused) == len(rows) > 0
    return whole and set(refused["guard_code"]) <= codes


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_misuse_gets_its_verdict(case: Case, folder: Path) -> None:
    panel = as_panel(table(folder, case["input"]))
    names = WHOLE if case["estimand"] == "all" else case["estimand"].split(",")
    action = case["expected_verdict"].split(":")[0]
    options = [
        o if ":" in o else f"{action}:{o}" for o in case["expected_verdict"].split("_or_")
    ]  # fmt: skip
    for name in names:
        result = ESTIMATORS[name.strip()](panel)
        assert any(_holds(result, wanted) for wanted in options), (name, result.codes())
