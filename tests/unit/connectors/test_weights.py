"""Weights that a survey brings are of people: some are none."""

from __future__ import annotations

import pytest

from tests.unit.connectors.homes import Home, source

SURVEY = {
    "table": "employee_responses",
    "columns": {
        "respondent_key": {"column": "id", "id_type": "email"},
        "survey": {"value": "pulse"},
        "wave": {"value": "w1"},
        "answered_at": "at",
        "weight": "W",
    },
    "values": [{"columns": ["q1"], "scale": {"min": 1, "max": 5}}],
}


@pytest.mark.parametrize(
    ("weight", "is_kept"),
    [("0", True), ("0.25", True), ("12000", True), ("", True), ("1e9", True),
     ("-1", False), ("-1e-9", False), ("1.1e9", False), ("1e300", False)],
)  # fmt: skip
def test_an_answer_whose_weight_is_none_is_rejected(home: Home, weight: str, is_kept: bool) -> None:
    home.source = source(**SURVEY)
    home.write_rows("in/a.csv", [("a@x.org", "2025-07-01", weight, 4)], ("id", "at", "W", "q1"))
    result = home.pull()

    assert result.total("rows_kept") == is_kept
    assert home.rejects() == ([] if is_kept else [(1, "W", "out_of_scale")])
