"""The primary link under each attribution rule."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from pipelines.linkage.attribution import SCHEMA, attribution_rules, cells_of_methods
from pipelines.linkage.between import between
from tests.unit.linkage.panels import panel

OPTIONS = {"x_measure": "esat", "y_measure": "nps", "respondent_overlap": "none"}


def by_method(cells: pl.DataFrame) -> pl.DataFrame:
    """Feedback that names its team is right; the agents' went to units at random."""
    rng = np.random.default_rng(3)
    base = cells.select("unit_id", "period_id", value_mean="mean_c")
    random = base.with_columns(value_mean=pl.Series(rng.normal(0, 20, base.height)))
    return pl.concat(
        part.with_columns(
            attribution_method=pl.lit(method), n_responses=pl.lit(n, pl.Int64),
            value_square_mean=pl.col("value_mean") ** 2 + 1600.0,
        )
        for method, n, part in (("agent", 30, random), ("direct_unit", 10, base))
    )  # fmt: skip


def test_each_rule_is_what_between_says_of_its_cells() -> None:
    cells = panel()
    rules = attribution_rules(cells, by_method(cells), OPTIONS, minimum=5)
    assert rules.schema == pl.Schema(SCHEMA)
    assert rules["rule"].to_list() == ["direct_unit", "direct_unit + agent"]
    assert rules["share_of_feedback"].to_list() == [0.25, 1.0]
    alone = between(cells.with_columns(n_c=pl.lit(10)), **OPTIONS)
    observed = alone.estimates.filter(component="observed", effect_type="r")
    expected = observed.filter(pl.col("method").str.starts_with("unit_means"))["estimate"].item()
    assert rules["estimate"][0] == pytest.approx(expected)
    assert rules["estimate"][1] < rules["estimate"][0] - 0.2  # wrong attribution dilutes the link


def test_hidden_cells_stay_hidden_and_few_answers_do_not_count() -> None:
    cells = panel()
    hidden = cells.with_columns(
        mean_c=pl.when(pl.col("unit_id") != "u0000").then(pl.col("mean_c"))
    )
    rules = attribution_rules(hidden, by_method(cells), OPTIONS, minimum=11)
    assert rules["n_units"].to_list() == [0, 119]
    assert rules["estimate"][0] is None
    assert rules["guard_code"][0] is not None
    assert rules["n_responses_y"][1] == 119 * 6 * 40


def test_sums_over_rungs_are_those_of_all_answers() -> None:
    rng = np.random.default_rng(1)
    answers = [rng.integers(0, 11, size).astype(float) for size in (7, 12)]
    rows = pl.DataFrame({
        "unit_id": ["u"] * 2, "period_id": ["p"] * 2, "n_responses": [len(a) for a in answers],
        "attribution_method": ["direct_unit", "ticket_group"],
        "value_mean": [a.mean() for a in answers],
        "value_square_mean": [(a**2).mean() for a in answers],
    })  # fmt: skip
    cell = cells_of_methods(rows, ["direct_unit", "ticket_group"]).row(0, named=True)
    together = np.concatenate(answers)
    assert cell["mean"] == pytest.approx(together.mean())
    assert cell["variance"] == pytest.approx(together.var(ddof=1))


def test_shared_events_weigh_by_share_and_count_whole_against_the_minimum() -> None:
    cells = panel()
    whole = by_method(cells)
    shared = cells.select(
        "unit_id", "period_id", value_mean="mean_c", value_square_mean=pl.col("mean_c") ** 2 + 1600
    ).with_columns(n_responses=pl.lit(10, pl.Int64), weight=pl.lit(4.5))
    rules = attribution_rules(cells, whole, OPTIONS, 5, shared)
    assert rules["rule"].to_list() == ["direct_unit", "direct_unit + agent", "shared"]
    assert rules["estimate"][2] == pytest.approx(rules["estimate"][0])
    assert rules["n_responses_y"][2] == round(4.5 * cells.height)
    assert rules["share_of_feedback"][2] == pytest.approx(4.5 / 40, abs=1e-3)
    few = attribution_rules(cells, whole, OPTIONS, 11, shared)
    assert few["n_responses_y"][2] == 0  # shares of ten events are ten events, not 4.5 and not 45
