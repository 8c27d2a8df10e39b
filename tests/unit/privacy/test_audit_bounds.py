"""What the audit takes an answer for, and its intervals beside every possibility counted out."""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit import bounds
from pipelines.audit.answers import Answers, answers_of
from pipelines.audit.freedom import LEAST, System, Unsure, not_free
from pipelines.audit.relations import Remainder

MEAN = {"metric_id": "mean", "metric_kind": "mean", "top_box_from": None}
GOOD = {"metric_id": "good", "metric_kind": "top_box", "top_box_from": 4.0}
NET = {"metric_id": "net", "metric_kind": "net_promoter", "top_box_from": None}
SETS = {"mean and good": ([MEAN, GOOD], 1, 5), "net": ([NET], 6, 10), "both": ([MEAN, NET], 6, 10),
        "good": ([GOOD], 1, 5)}  # fmt: skip
KEYS = [("x", "unit", u, "p") for u in "ABC"]


def made_of(metrics: list[dict], low: float, high: float, **more: object) -> Answers:
    scale = {"voice": "employee", "items": "q", "n_items_required": 1, "value_min": 0.0,
             "value_max": 100.0, "answer_min": low, "answer_max": high,
             "answer_direction": "higher", "answers_are_whole": True}  # fmt: skip
    (found,) = answers_of(pl.DataFrame([{**scale, **m, **more} for m in metrics]))
    return found


def figures(metrics: list[dict], answers: np.ndarray, low: int, high: int) -> np.ndarray:
    """Sums over answers along the last axis, from the definitions of the scores."""
    found = []
    for metric in sorted(metrics, key=lambda m: m["metric_id"]):
        if metric is MEAN:
            found.append(100.0 * (answers - low) / (high - low))
        elif metric is GOOD:
            found.append(100.0 * (answers >= 4))
        else:
            up, down = 1.0 * (answers >= 9), 1.0 * (answers < 7)
            found += [100.0 * (up - down), up, down]
    return np.stack([f.sum(axis=-1) for f in found])


def remainder(hidden: list, n: int, sums: np.ndarray) -> Remainder:
    return Remainder(("x", "team", "T", "p"), (), frozenset(hidden), frozenset(), n, sums, sums)


@pytest.mark.parametrize("name", SETS)
@given(data=st.data())
def test_every_possibility_lies_inside(name: str, data: st.DataObject) -> None:
    metrics, low, high = SETS[name]
    answer = st.integers(low, high)
    groups = [np.array(data.draw(st.lists(answer, min_size=1, max_size=3))) for _ in "AB"]
    n, total = sum(map(len, groups)), sum(figures(metrics, g, low, high) for g in groups)
    kind = made_of(metrics, low, high)
    (placed, _) = bounds.place([System([remainder(KEYS[:2], n, total)], kind, 5)])
    assert placed.count == (1, n - 1)

    possible = []
    for mine in range(1, n):
        some, others = (
            np.array(list(combinations_with_replacement(range(low, high + 1), size)))
            for size in (mine, n - mine)
        )
        own = figures(metrics, some, low, high)
        left = figures(metrics, others, low, high)
        fits = (abs(own[:, :, None] + left[:, None, :] - total[:, None, None]) < 1e-9).all(axis=0)
        possible.append(own[:, fits.any(axis=1)] / mine)
    means = np.concatenate(possible, axis=1)
    for figure, (least, most) in placed.means.items():
        assert least - 1e-6 <= means[figure].min()
        assert means[figure].max() <= most + 1e-6
        if name in ("good", "net"):  # so are these the ends, as one answer alone can be any
            assert means[figure].min() == pytest.approx(least, abs=1e-6)
            assert means[figure].max() == pytest.approx(most, abs=1e-6)


@given(data=st.data())
def test_who_is_plainly_free_is_free_by_the_programme_too(data: st.DataObject) -> None:
    metrics, low, high = SETS[data.draw(st.sampled_from(["mean and good", "both", "net"]))]
    answer = st.integers(low, high)
    groups = [np.array(data.draw(st.lists(answer, min_size=1, max_size=9))) for _ in KEYS]
    sums = [figures(metrics, g, low, high) for g in groups]
    rows = [
        remainder([KEYS[i] for i in inside], sum(len(groups[i]) for i in inside),
                  sum(sums[i] for i in inside))
        for inside in ([0, 1, 2], [0, 1])
    ]  # fmt: skip
    system = System(rows, made_of(metrics, low, high), 3)
    unsure = next(iter(not_free([system])), Unsure(system, set(), set()))
    widths = system.answers.widths
    for placed in bounds._in_several(Unsure(system, set(KEYS), set(KEYS))):
        if placed.group not in unsure.counts:
            assert placed.count[1] - placed.count[0] >= 1 - 1e-6
        if placed.group not in unsure.means:
            for figure, (least, most) in placed.means.items():
                assert most - least >= LEAST * widths[figure] - 1e-6


def test_corners_of_an_answer() -> None:
    assert made_of([MEAN, GOOD], 1, 5).points.tolist() == [[0, 0], [0, 50], [100, 75], [100, 100]]
    lower = made_of([MEAN, {**GOOD, "top_box_from": 2.0}], 1, 5, answer_direction="lower")
    assert lower.points.tolist() == [[0, 0], [0, 50], [100, 75], [100, 100]]
    net = made_of([NET, MEAN], 0, 10)
    assert net.figures == (
        ("mean", "score"), ("net", "score"), ("net", "promoters"), ("net", "detractors")
    )  # fmt: skip
    assert net.points.tolist() == [
        [0, -100, 0, 1], [60, -100, 0, 1], [70, 0, 0, 0], [80, 0, 0, 0], [90, 100, 1, 0],
        [100, 100, 1, 0],
    ]  # fmt: skip


def test_an_answer_that_can_be_any_number_lies_on_both_sides_of_a_border() -> None:
    points = made_of([MEAN, GOOD], 1, 5, answers_are_whole=False).points
    assert points.round(6).tolist() == [[0, 0], [0, 75], [100, 75], [100, 75], [100, 100]]


def test_metrics_of_other_items_or_of_answers_nobody_described_are_apart() -> None:
    told = {"voice": "employee", "n_items_required": 1, "value_min": 0.0, "value_max": 100.0,
            "answer_min": 1.0, "answer_max": 5.0, "answer_direction": "higher"}  # fmt: skip
    rows = [
        {**told, **MEAN, "metric_id": "a", "items": "q", "answers_are_whole": True},
        {**told, **GOOD, "metric_id": "b", "items": "q", "answers_are_whole": True},
        {**told, **MEAN, "metric_id": "c", "items": "r", "answers_are_whole": True},
        {**told, **MEAN, "metric_id": "d", "items": "q", "answers_are_whole": None},
    ]
    assert [one.metrics for one in answers_of(pl.DataFrame(rows))] == [("a", "b"), ("c",), ("d",)]
