"""One p per question, one family per run, verdicts in their order."""

import numpy as np
import polars as pl
import pytest
from panels import panel

from pipelines.linkage import between, combine
from pipelines.linkage.multiplicity import adjust_p_values


def test_rows_of_a_question_share_p_q_and_verdict() -> None:
    rows = between(panel(slope=0.15), respondent_overlap="none").estimates
    tested = rows.filter(pl.col("p_value").is_not_null())
    assert len(tested) == 5
    for name in ("p_value", "q_value", "verdict"):
        assert tested[name].n_unique() == 1


def test_one_family_over_the_run_and_primary_keeps_its_p() -> None:
    results = [
        between(panel(slope=0.1 * k, seed=k), y_measure=f"y{k}", primary=k == 0) for k in range(6)
    ]
    rows = combine(results).estimates.filter(component="observed", effect_type="slope")
    p = rows["p_value"].to_numpy()
    assert rows["q_value"][0] == p[0] and rows["family"][0] == "primary"
    np.testing.assert_allclose(rows["q_value"].to_numpy()[1:], adjust_p_values(p[1:]))
    assert set(rows["p_adjust_method"][1:]) == {"BH"}


def test_a_finding_alone_can_lose_its_verdict_in_a_large_family() -> None:
    seeds = [s for s in range(60) if 0.02 < _p(panel(slope=0.0, seed=s, n_periods=2)) < 0.05]
    lucky = between(panel(slope=0.0, seed=seeds[0], n_periods=2))
    others = [
        between(panel(slope=0.0, seed=s, n_periods=2), y_measure=f"y{s}") for s in range(100, 112)
    ]
    key = {"y_measure": "customer", "component": "observed", "effect_type": "slope"}
    assert lucky.row(**key)["verdict"] in ("supported", "opposite")
    assert combine([lucky, *others]).row(**key)["verdict"] == "inconclusive"


def _p(data: pl.DataFrame) -> float:
    return between(data).row(component="observed", effect_type="slope")["p_value"]


def test_combining_twice_changes_nothing() -> None:
    once = combine([between(panel()), between(panel(seed=2), y_measure="ces")])
    assert combine([once]).estimates.equals(once.estimates)
    assert combine([once]).guards.equals(once.guards)


def test_many_questions_without_a_primary_warn() -> None:
    one = between(panel(n_periods=1)).estimates
    many = [
        type(between(panel(n_periods=1)))(one.with_columns(question_id=pl.lit(str(k))))
        for k in range(201)
    ]
    assert "too_many_tests" in combine(many).codes("warn")
    assert "too_many_tests" not in combine(many[:200]).codes("warn")


@pytest.mark.parametrize("method", ["BH", "BY", "holm"])
def test_missing_p_values_are_not_counted(method: str) -> None:
    p = np.array([0.01, np.nan, 0.03])
    out = adjust_p_values(p, method=method)
    assert np.isnan(out[1])
    np.testing.assert_allclose(out[[0, 2]], adjust_p_values(p[[0, 2]], method=method))
