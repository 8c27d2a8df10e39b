"""Response weights: raked to the margins, capped, and what they change."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.linkage.nonresponse import link_row, mean_rows, weights_by_period
from pipelines.linkage.response_weights import SMALLEST_GROUP, response_weights
from pipelines.linkage.wave_change import SPREAD_SCHEMA, wave_changes


def people(answered: np.ndarray, weight: np.ndarray | None = None, **margins: np.ndarray):
    n = len(answered)
    return pl.DataFrame(
        {"period_id": ["w1"] * n, "person_number": np.arange(n), "is_expected": [True] * n,
         "has_answered": answered, "weight": weight if weight is not None else np.ones(n)}
        | margins
    )  # fmt: skip


def company(seed: int = 1, n: int = 3000) -> tuple[pl.DataFrame, np.ndarray]:
    """A company where part-timers are less content and answer less, and everybody's score."""
    rng = np.random.default_rng(seed)
    part_time, region = rng.random(n) < 0.5, rng.integers(0, 3, n)
    score = 50 + 20 * ~part_time + rng.normal(0, 5, n)
    answered = rng.random(n) < np.where(part_time, 0.2, 0.8)
    frame = people(answered, employment=np.where(part_time, "part", "full"),
                   region=region.astype(str))  # fmt: skip
    return frame, score


def panel_of(answers: pl.DataFrame) -> pl.DataFrame:
    """Unit means as answered, beside customer scores of the unit's number."""
    return answers.group_by("unit_id", "period_id", maintain_order=True).agg(
        pl.len().alias("n_e"), pl.col("score").mean().alias("mean_e"),
        pl.col("score").var().alias("var_e"),
    ).with_columns(
        (60 + pl.col("unit_id").cast(pl.Int64) * 7 % 11).cast(pl.Float64).alias("mean_c"),
        n_c=pl.lit(50), var_c=pl.lit(100.0),
    )  # fmt: skip


def classical(base: np.ndarray, columns: list[np.ndarray], shares: list[dict]) -> np.ndarray:
    """Deming and Stephan's iteration, written out."""
    w = base / base.mean()
    for _ in range(500):
        for column, share in zip(columns, shares, strict=True):
            for group, wanted in share.items():
                inside = column == group
                w[inside] *= wanted * len(w) / w[inside].sum()
    return w


def test_weights_are_those_of_the_classical_iteration_from_the_surveys_own() -> None:
    frame, _ = company()
    base = np.random.default_rng(2).uniform(0.5, 1.5, frame.height)
    frame = frame.with_columns(pl.Series("weight", base))
    found = response_weights(frame, ["employment", "region"], cap=10)
    assert found is not None
    is_in = frame["has_answered"].to_numpy()
    columns = [frame[c].to_numpy() for c in ("employment", "region")]
    shares = [
        dict(frame[c].value_counts(normalize=True).iter_rows()) for c in ("employment", "region")
    ]
    expected = classical(base[is_in], [c[is_in] for c in columns], shares)
    assert found.people["weight"].to_numpy() == pytest.approx(expected, rel=1e-3)
    assert found.largest_gap < 1e-3


def test_weights_bring_back_what_silence_took() -> None:
    frame, score = company()
    answers = pl.DataFrame(
        {"period_id": frame["period_id"], "respondent_key": frame["person_number"], "score": score}
    ).filter(frame["has_answered"])
    weights = weights_by_period(frame, ["employment", "region"], 5.0)
    row = next(iter(mean_rows({"engagement": answers}, weights)))
    assert row["unweighted"] > score.mean() + 4
    assert row["weighted_low"] < score.mean() < row["weighted_high"]
    assert row["design_effect"] > 1.2


@given(seed=st.integers(0, 50), cap=st.floats(1.5, 4))
def test_no_weight_is_above_the_cap_and_their_mean_is_one(seed: int, cap: float) -> None:
    frame, _ = company(seed, n=300)
    found = response_weights(frame, ["employment", "region"], cap)
    assert found is not None
    weights = found.people["weight"].to_numpy()
    assert weights.max() <= cap * (1 + 1e-9)
    assert weights.mean() == pytest.approx(1, abs=1e-3)
    assert found.people.height == frame["has_answered"].sum()


def test_small_groups_are_pooled_and_a_margin_of_one_group_is_none() -> None:
    answered = np.ones(200, dtype=bool)
    few = np.array(["a"] * 100 + ["b"] * (100 - SMALLEST_GROUP + 1) + ["c"] * (SMALLEST_GROUP - 1))
    found = response_weights(people(answered, gender=few), ["gender"], 3.0)
    assert found is not None and found.margins == ("gender",)
    alone = np.array(["a"] * 190 + ["b"] * 10)
    assert response_weights(people(answered, gender=alone), ["gender"], 3.0) is None


def test_a_group_that_the_survey_weighs_zero_is_pooled() -> None:
    frame, _ = company()
    weight = np.where(frame["region"].to_numpy() == "1", 0.0, 1.0)
    found = response_weights(frame.with_columns(pl.Series("weight", weight)), ["region"], 5.0)
    assert found is not None and found.largest_gap < 1e-3
    weights = dict(found.people.iter_rows())
    for number, region in frame.filter("has_answered")["person_number", "region"].iter_rows():
        assert (weights[number] == 0) == (region == "1")


@pytest.mark.parametrize("margins", [[], ["employment"]])
def test_weights_that_are_all_zero_give_no_number_and_say_so(margins: list[str]) -> None:
    frame, score = company(n=300)
    frame = frame.with_columns(weight=pl.lit(0.0))
    weights = weights_by_period(frame, margins, 5.0)
    answers = pl.DataFrame(
        {"period_id": "w1", "respondent_key": frame["person_number"], "score": score,
         "unit_id": (frame["person_number"] % 30).cast(pl.String)}
    ).filter(frame["has_answered"])  # fmt: skip
    [row] = mean_rows({"engagement": answers}, weights)
    link = link_row(panel_of(answers), answers, weights, {"x_measure": "e", "y_measure": "c"})
    for told in (row, link):
        assert told["guard_code"] == "zero_weights"
        assert told["unweighted"] is not None
        assert not {"weighted", "weighted_low", "design_effect"} & told.keys()


def test_a_cell_whose_answers_all_weigh_zero_is_left_out_of_the_weighted_link() -> None:
    frame, score = company(n=2000)
    unit = (frame["person_number"] % 40).cast(pl.String)
    frame = frame.with_columns(weight=(unit != "7").cast(pl.Float64))
    answers = pl.DataFrame(
        {"period_id": "w1", "respondent_key": frame["person_number"], "score": score,
         "unit_id": unit}
    ).filter(frame["has_answered"])  # fmt: skip
    options = {"x_measure": "e", "y_measure": "c"}
    weights = weights_by_period(frame, ["employment"], 5.0)
    row = link_row(panel_of(answers), answers, weights, options)
    others = answers.filter(pl.col("unit_id") != "7")
    alone = link_row(panel_of(answers).filter(pl.col("unit_id") != "7"), others, weights, options)
    assert row["weighted"] == pytest.approx(alone["weighted"], rel=1e-12)
    [scored] = mean_rows({"only": answers.filter(unit_id="7")}, weights)
    assert scored["guard_code"] == "zero_weights"


def test_the_link_is_given_without_and_with_weights() -> None:
    frame, score = company(n=2000)
    unit = frame["person_number"] % 40
    shift = np.random.default_rng(5).normal(0, 4, 40)
    answers = pl.DataFrame({
        "period_id": "w1", "respondent_key": frame["person_number"],
        "unit_id": unit.cast(pl.String),
        "score": score + shift[unit.to_numpy()],
    }).filter(frame["has_answered"])  # fmt: skip
    panel = answers.group_by("unit_id", "period_id", maintain_order=True).agg(
        pl.len().alias("n_e"), pl.col("score").mean().alias("mean_e"),
        pl.col("score").var().alias("var_e"),
    ).with_columns(
        pl.col("unit_id").map_elements(lambda u: 60 + shift[int(u)], pl.Float64).alias("mean_c"),
        n_c=pl.lit(50), var_c=pl.lit(100.0),
    )  # fmt: skip
    weights = weights_by_period(frame, ["employment"], 5.0)
    row = link_row(panel, answers, weights, {"x_measure": "e", "y_measure": "c"})
    by_unit = answers.join(weights["w1"].people, left_on="respondent_key", right_on="person_number")
    means = by_unit.group_by("unit_id").agg(
        ((pl.col("score") * pl.col("weight")).sum() / pl.col("weight").sum()).alias("m")
    ).join(panel, on="unit_id")  # fmt: skip
    assert row["weighted"] == pytest.approx(np.corrcoef(means["m"], means["mean_c"])[0, 1])
    assert row["unweighted"] == pytest.approx(np.corrcoef(panel["mean_e"], panel["mean_c"])[0, 1])
    assert row["guard_code"] is None


def test_a_change_knows_that_the_same_people_answered() -> None:
    rng = np.random.default_rng(0)
    inside = []
    for _ in range(400):
        person = rng.normal(0, 10, 200)
        first, second = person + rng.normal(0, 5, 200), person + rng.normal(0, 5, 200)
        cells = pl.DataFrame({
            "unit_level": "company", "unit_id": "company", "metric_id": "e",
            "period_id": ["w1", "w2"], "n_responses": [200, 200],
            "value": [first.mean(), second.mean()],
        })  # fmt: skip
        spread = pl.DataFrame(
            [["e", "w2", "w1", second.var(ddof=1), first.var(ddof=1), 200,
              float(np.cov(first, second)[0, 1])]], schema=SPREAD_SCHEMA, orient="row",
        )  # fmt: skip
        found = wave_changes(cells, spread).row(0, named=True)
        inside.append(found["change_low"] < 0 < found["change_high"])
    assert 0.92 < np.mean(inside) < 0.98
