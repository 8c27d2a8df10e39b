"""A customer who gives nearly all answers of a unit: its score would be his."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from tests.unit.privacy import worlds
from tests.unit.privacy.release_files import answers, publish, world
from tests.unit.privacy.worlds import World

A_FIFTH = 40.0
"""Of the scale of a net promoter score."""


def company(by_one: int) -> World:
    """Unit C has so many answers of one customer and seven of others."""
    rows = [*answers("A", "Bergen", 20, metric="nps"), *answers("B", "Bergen", 14, metric="nps"),
            *answers("C", "Bergen", 7, metric="nps"),
            *answers("D", "Oslo", 30, metric="nps")]  # fmt: skip
    one = answers("C", "Bergen", by_one, metric="nps", who="one")
    return world([*rows, *((*row[:5], "one", *row[6:]) for row in one)])


def told(made: World, folder: Path) -> list[tuple[int, int]]:
    """Answers of the customer, and of others, in every total that can be worked out of C."""
    cells = publish(made, folder).filter("is_released", metric_id="nps")
    n = dict(cells.select(pl.format("{} {}", "unit_level", "unit_id"), "n_responses").iter_rows())
    mine = made.answers.filter(person="one").height
    found = [n[name] for name in ("unit C@Bergen", "team C", "location Bergen", "company company")
             if name in n]  # fmt: skip
    siblings = [n.get("unit A@Bergen"), n.get("unit B@Bergen")]
    if "location Bergen" in n:
        found.append(n["location Bergen"] - sum(s for s in siblings if s is not None))
    return [(mine, total - mine) for total in found]


def width(mine: int, others: int) -> float:
    """How far the customer's own mean can move where the mean of all is known."""
    return 200.0 * others / mine


@pytest.mark.parametrize("by_one", [36, 60, 200])
def test_no_total_is_nearly_that_of_one_customer(
    by_one: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert all(width(*both) >= A_FIFTH for both in told(company(by_one), tmp_path / "real"))
    plain = pl.col("person").n_unique().cast(pl.Int64).alias("n_people")
    monkeypatch.setattr(worlds, "people_of_cell", lambda: plain)
    assert any(width(*both) < A_FIFTH for both in told(company(by_one), tmp_path / "weak"))


def test_five_sixths_by_one_customer_stay_released(tmp_path: Path) -> None:
    assert (35, 7) in told(company(35), tmp_path)
