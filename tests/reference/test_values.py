"""The product's numbers against values computed by other implementations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from families import FAMILIES
from reading import Case, cases_in

CASES = cases_in("expected.json")


def _differences(got: Any, expected: Any, rtol: float, atol: float, name: str) -> list[str]:
    if isinstance(expected, list):
        if len(got) != len(expected):
            return [f"{name}: {len(got)} values, expected {len(expected)}"]
        pairs = zip(got, expected, strict=True)
        return [
            d
            for i, (g, e) in enumerate(pairs)
            for d in _differences(g, e, rtol, atol, f"{name}[{i}]")
        ]
    if expected is None or isinstance(expected, str):
        return [] if got == expected else [f"{name}: {got!r}, expected {expected!r}"]
    if got is None or not abs(got - expected) <= atol + rtol * abs(expected):
        return [f"{name}: {got!r}, expected {expected!r}"]
    return []


def test_reference_is_read(folder: Path) -> None:
    assert len(CASES) > 0


@pytest.mark.parametrize("case", CASES, ids=[c["id"] for c in CASES])
def test_value_agrees(case: Case, folder: Path) -> None:
    if case["family"] not in FAMILIES:
        pytest.fail(f"no adapter for the family {case['family']}")
    got = FAMILIES[case["family"]](case, folder)
    optional = case.get("optional_keys", [])
    wrong = []
    for name, expected in case["expected"].items():
        if name not in got:
            assert "*" in optional or name in optional, f"{name} is not provided"
            continue
        rtol = case.get("rtol_by_key", {}).get(name, case["rtol"])
        wrong += _differences(got[name], expected, rtol, case["atol"], name)
    assert not wrong, "\n".join(wrong)
