"""A unit that carries most of a link: found in a release made without the rule, never with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipelines import linkage
from pipelines.audit.report import audit_release
from pipelines.linkage import disclosure
from pipelines.linkage.estimates import Linkage
from pipelines.publishing.rounding import round_estimates
from tests.unit.privacy.release_files import answers, publish, world
from tests.unit.privacy.worlds import World

WINDOW = {"period_start": date(2025, 1, 1), "period_end": date(2025, 1, 31)}


def company(dominant: int) -> World:
    """Thirty units in ten locations; the employee score of the first lies so far above others."""
    rows = []
    for i in range(30):
        team, location = f"T{i:02d}", f"L{i % 10}"
        score = 50 + dominant if i == 0 else 46 + i * 7 % 9
        rows += answers(team, location, 12, score=score)
        rows += answers(team, location, 12 + i * 5 % 7, metric="nps")
    return world(rows)


def panel(made: World) -> pl.DataFrame:
    """What linkage reads: the scores of units, all of them released."""
    cells = made.cells.filter(unit_level="unit")
    sides = [
        cells.filter(metric_id=metric).select(
            "unit_id", "period_id", pl.col("n_responses").alias(f"n_{side}"),
            pl.col("value").alias(f"mean_{side}"), pl.lit(var).alias(f"var_{side}"),
        )
        for side, metric, var in (("e", "engagement", 417.0), ("c", "nps", 6667.0))
    ]  # fmt: skip
    units = [(unit, *place) for unit, place in made.places.units.items()]
    return (
        sides[0].join(sides[1], on=["unit_id", "period_id"])
        .join(pl.DataFrame(units, schema=["unit_id", "team_id", "location_id"], orient="row"),
              on="unit_id")
    )  # fmt: skip


ESTIMATORS: dict[str, Callable[..., Linkage]] = {
    "between": linkage.between,
    "adjusted": linkage.adjusted,
}
QUESTIONS = {"between": 1, "adjusted": 2}
"""Of units, and of units less the mean of their location."""


def found(made: World, folder: Path, weights: str, estimator: str) -> list[str]:
    """What the audit says of a release with these estimates."""
    publish(made, folder)
    linked = ESTIMATORS[estimator](
        panel(made), x_measure="engagement", y_measure="nps", respondent_overlap="none",
        weights=weights,
    )  # fmt: skip
    window = {name: pl.lit(day) for name, day in WINDOW.items()}
    shown = round_estimates(linked.estimates).with_columns(**window)
    shown.write_parquet(folder / "r1" / "all" / "parquet" / "linkage_estimates.parquet")
    audit = audit_release(folder / "r1", folder)
    return [f"{f.attack}: {f.sentence}" for f in audit.findings]


@pytest.mark.parametrize("estimator", ESTIMATORS)
@pytest.mark.parametrize("weights", ["equal", "responses", "credibility"])
def test_one_unit_carries_a_link(
    weights: str, estimator: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = company(20)
    assert found(made, tmp_path / "real", weights, estimator) == []
    monkeypatch.setattr(disclosure, "MAX_LEVERAGE", 1.0)
    told = found(made, tmp_path / "weak", weights, estimator)
    assert len(told) == QUESTIONS[estimator]
    assert all(t.startswith("dominance: ") and " unit T00@L0 carries " in t for t in told)


@pytest.mark.parametrize("estimator", ESTIMATORS)
def test_a_link_that_all_units_carry_stands(estimator: str, tmp_path: Path) -> None:
    made = company(4)
    assert found(made, tmp_path, "equal", estimator) == []
    path = tmp_path / "r1" / "all" / "parquet" / "linkage_estimates.parquet"
    assert pl.read_parquet(path)["estimate"].is_not_null().any()
