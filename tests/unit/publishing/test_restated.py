"""Figures restated to the units of today are the published figures put together."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.publishing.restated import restated_scores

UNITS = pl.DataFrame(
    [{"unit_id": u, "team_id": u, "team_name": u.upper(), "location_id": "L", "location_name": "L",
      "region_id": None, "region_name": None} for u in ("a", "b", "c")],
)  # fmt: skip
NOTHING = {"unit_id": pl.String, "period_id": pl.String, "today_unit_id": pl.String,
           "succession": pl.String}  # fmt: skip


def scores(*cells: tuple) -> pl.DataFrame:
    """Rows of unit, employee score, answers and reason; customers gave 50 each of 10."""
    return pl.DataFrame(
        [{"unit_id": unit, "period_id": "p", "period_start": None, "period_end": None,
          "employee_metric_id": "x", "employee_score": score, "n_employee_responses": n,
          "employee_reason_code": reason, "customer_metric_id": "y", "customer_score": 50.0,
          "n_customer_responses": 10, "customer_reason_code": "released"}
         for unit, score, n, reason in cells],
        schema_overrides={"employee_score": pl.Float64, "n_employee_responses": pl.Int64},
    )  # fmt: skip


def carried(kind: str, *moves: tuple[str, str]) -> pl.DataFrame:
    """Rows of `unit_restatements` of one kind."""
    rows = [(before, "p", after, kind) for before, after in moves]
    return pl.DataFrame(rows, schema=NOTHING, orient="row")


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([("a", 60.0, 5, "released"), ("b", 80.0, 15, "released")], (75.0, 20, "released")),
        ([("a", 60.0, 5, "released"), ("b", None, None, "withheld")], (None, None, "withheld")),
        ([("a", 60.0, 5, "released"), ("b", None, None, "absent")], (60.0, 5, "released")),
        ([("a", None, None, "absent"), ("b", None, None, "absent")], (None, None, "absent")),
        ([("a", 60.0, None, "released"), ("b", None, None, "absent")], (60.0, None, "released")),
        ([("a", 60.0, None, "released"), ("b", 80.0, 4, "released")], (None, None, "absent")),
    ],
)
def test_a_merge_adds_answers_and_shows_nothing_withheld(
    cells: list[tuple], expected: tuple
) -> None:
    found = restated_scores(scores(*cells), carried("merge", ("a", "c"), ("b", "c")), UNITS)
    row = found.row(0, named=True)
    names = ("employee_score", "n_employee_responses", "employee_reason_code")
    assert tuple(row[name] for name in names) == expected
    assert (row["unit_id"], row["team_name"], row["n_units_then"]) == ("c", "C", 2)
    assert (row["customer_score"], row["n_customer_responses"]) == (50.0, 20)


def test_a_split_unit_keeps_its_own_figures_and_says_so() -> None:
    before = scores(("a", 60.0, 5, "released"), ("b", 80.0, 15, "released"))
    found = restated_scores(before, carried("split", ("a", "a")), UNITS)
    assert found["employee_score"].to_list() == [60.0, 80.0]
    assert found["succession"].to_list() == ["split", None]


def test_without_events_nothing_changes() -> None:
    before = scores(("a", 60.0, 5, "released"), ("b", None, None, "withheld"))
    found = restated_scores(before, carried("merge"), UNITS)
    same = [c for c in before.columns if c in found.columns]
    assert found.select(same).equals(before.select(same))
