"""Which metrics share their answers, and the region their sums lie in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.privacy.same_answers import same_answers
from pipelines.program.rules import AnswerScale
from pipelines.program.sections import Metric

FIVE, TEN = AnswerScale(1, 5, is_lower_better=False), AnswerScale(0, 10, is_lower_better=False)


def metric(id_: str, kind: str = "mean", *items: str, **more: object) -> Metric:
    return Metric(id=id_, voice="employee", kind=kind, items=list(items or ("q1",)), **more)


KINDS = {
    "mean": metric("mean"),
    "good": metric("good", "top_box", top_box_from=4),
    "best": metric("best", "top_box", top_box_from=9),
    "nps": metric("nps", "net_promoter"),
}


def region(names: list[str], scale: AnswerScale, whole: bool = True):
    (found,) = same_answers([KINDS[n] for n in names], {n: [scale] for n in names})
    assert found.metrics == tuple(names)
    return found.regions[0 if whole else -1]


def points(names: list[str], scale: AnswerScale, answers: np.ndarray) -> np.ndarray:
    """Sums of the metrics' parts over these answers, from the definitions of the scores."""
    share = (answers - scale.low) / (scale.high - scale.low)
    parts = {
        "mean": [100 * (1 - share if scale.is_lower_better else share)],
        "good": [100 * (answers <= 4 if scale.is_lower_better else answers >= 4)],
        "best": [100 * (answers >= 9)],
        "nps": [answers >= 9, answers < 7],
    }
    return np.array([part.sum(axis=-1) for n in names for part in parts[n]], dtype=float)


@given(
    names=st.sampled_from([["mean", "good"], ["mean", "nps"], ["nps", "best"], list(KINDS)]),
    answers=st.lists(st.integers(0, 10), min_size=1, max_size=9),
    lower=st.booleans(),
)
def test_sums_of_any_answers_lie_in_the_region(
    names: list[str], answers: list[int], lower: bool
) -> None:
    scale = TEN._replace(is_lower_better=lower and "best" not in names)
    found = points(names, scale, np.array(answers))
    for whole in (True, False):
        where = region(names, scale, whole=whole)
        assert (where.facets @ found <= where.limits * len(answers) + 1e-6).all()


@pytest.mark.parametrize(
    ("sums", "whole", "lies_in_it"),
    [
        ((75.0, 100.0), True, True),  # a 4
        ((50.0, 100.0), True, False),  # a 3 is not favourable
        ((74.0, 0.0), True, False),  # no whole number but a 4 is above 50, and it is favourable
        ((74.0, 0.0), False, True),  # 3.96 of 5 is not
        ((76.0, 0.0), False, False),
        ((100.0, 0.0), False, False),
    ],
)
def test_a_share_bounds_the_mean(
    sums: tuple[float, float], whole: bool, lies_in_it: bool
) -> None:
    where = region(["mean", "good"], FIVE, whole=whole)
    assert bool((where.facets @ np.array(sums) <= where.limits + 1e-6).all()) == lies_in_it


def test_only_metrics_of_the_same_items_of_the_same_people_belong_together() -> None:
    apart = [
        metric("a", "mean", "q1", "q2"),
        metric("b", "top_box", "q1", "q2", top_box_from=4, require="any"),
        metric("c", "mean", "q1"),
        metric("d", "mean", "q1").model_copy(update={"voice": "customer"}),
    ]
    scales = {m.id: [FIVE] for m in apart}
    assert same_answers(apart, scales) == []
    (found,) = same_answers([*apart, metric("e", "top_box", "q2", "q1", top_box_from=4)],
                            {**scales, "e": [FIVE]})  # fmt: skip
    assert found.metrics == ("a", "e")


def test_without_a_scale_there_is_no_region() -> None:
    assert same_answers([KINDS["mean"], KINDS["good"]], {}) == []


def test_a_scale_of_fractions_has_no_whole_numbers() -> None:
    fractions = AnswerScale(0, 0.5, is_lower_better=False)
    two = [metric("mean"), metric("good", "top_box", top_box_from=0.4)]
    (found,) = same_answers(two, {m.id: [fractions] for m in two})
    assert len(found.regions) == 1
