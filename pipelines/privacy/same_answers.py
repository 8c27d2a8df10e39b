"""Metrics made of the same answers: what the sums of one say about a hidden group in another.

What belongs here: which metrics share their answers, and where their sums can lie together. What
does not: which totals are released (privacy.equations) and intervals (privacy.bounds).

Every answer is a point: its score in each of the metrics (a 4 of 5 is 75 points of the mean and
favourable). The sums over n answers lie in n times the convex hull of these points, so the share of
a group bounds its mean, and its mean the share. The mean over several items of one respondent is a
mean of such points and lies in the same hull.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from pipelines.privacy.blocks import Block, Measure, Region, Together
from pipelines.program.rules import AnswerScale
from pipelines.program.sections import Metric

DUST = 1e-6
MOST_ANSWERS = 101
"""A scale of more whole numbers than these is taken as one of any number."""
PROMOTER, PASSIVE = 9, 7


@dataclass(frozen=True)
class SameAnswers:
    """Metrics of the same items; `regions` of one answer, the narrowest first.

    The first takes answers to be whole numbers, the second any number on the scale.
    """

    metrics: tuple[str, ...]
    regions: tuple[Region, ...]


def same_answers(
    metrics: Iterable[Metric], answer_scales: Mapping[str, Iterable[AnswerScale]]
) -> list[SameAnswers]:
    """Every set of two or more metrics that are made of the same items of the same people."""
    groups: dict[tuple, list[Metric]] = {}
    for metric in metrics:
        key = (metric.voice, frozenset(metric.items), metric.n_required)
        groups.setdefault(key, []).append(metric)
    return [
        SameAnswers(tuple(m.id for m in group), regions)
        for group in groups.values()
        if len(group) > 1 and (regions := _regions(group, list(answer_scales.get(group[0].id, ()))))
    ]


def judge_together(block: Block, groups: Iterable[SameAnswers]) -> Block:
    """The block, whose metrics of the same answers know each other's sums.

    A region in which any group of the block does not lie is none: its figures are others.
    """
    by_name = {m.name: m for m in block.measures}
    for group in groups:
        found = [by_name[name] for name in group.metrics if name in by_name]
        if len(found) < len(group.metrics) or not _are_of_one_count(found):
            continue
        parts = np.vstack([m.parts for m in found])
        region = next((r for r in group.regions if _holds(r, parts, found[0].answers)), None)
        if region is None:
            continue
        first = 0
        for m in found:
            own = tuple(range(first, first + len(m.parts)))
            by_name[m.name] = replace(m, together=Together(parts, own, region))
            first += len(m.parts)
    block.measures = [by_name[m.name] for m in block.measures]
    return block


def _are_of_one_count(measures: Sequence[Measure]) -> bool:
    return all(np.array_equal(m.answers, measures[0].answers) for m in measures)


def _holds(region: Region, parts: np.ndarray, answers: np.ndarray) -> bool:
    slack = DUST * (1.0 + np.abs(region.facets).sum(axis=1, keepdims=True) * 100.0 * answers)
    return bool((region.facets @ parts <= np.outer(region.limits, answers) + slack).all())


def _regions(group: Sequence[Metric], scales: Sequence[AnswerScale]) -> tuple[Region, ...]:
    found = []
    for answers_of in (_whole_numbers, _any_numbers):
        points = [
            np.concatenate([_scores(metric, scale, answer, side) for metric in group])
            for scale in scales
            for answer, side in answers_of(scale, group)
        ]
        if points:
            found.append(_hull(np.array(points)))
    return tuple(found)


def _whole_numbers(scale: AnswerScale, _group: Sequence[Metric]) -> list[tuple[float, float]]:
    low, high = scale.low, scale.high
    if low % 1 or high % 1 or high - low >= MOST_ANSWERS:
        return []
    return [(answer, 0.0) for answer in np.arange(low, high + 1)]


def _any_numbers(scale: AnswerScale, group: Sequence[Metric]) -> list[tuple[float, float]]:
    """The ends of the scale, and both sides of every border between classes of answers."""
    borders = {m.top_box_from for m in group if m.top_box_from is not None}
    if any(m.kind == "net_promoter" for m in group):
        borders |= {float(PROMOTER), float(PASSIVE)}
    inside = [b for b in sorted(borders) if scale.low <= b <= scale.high]
    ends = [(scale.low, 0.0), (scale.high, 0.0)]
    return [*ends, *((b, side) for b in inside for side in (-DUST, 0.0, DUST))]


def _scores(metric: Metric, scale: AnswerScale, answer: float, side: float) -> list[float]:
    """Parts of one answer in a metric; `side` is where it lies beside a border."""
    beside = answer + side
    if metric.kind == "net_promoter":
        return [float(beside >= PROMOTER), float(beside < PASSIVE)]
    if metric.kind == "top_box":
        border = float(metric.top_box_from or 0.0)
        is_good = beside <= border if scale.is_lower_better else beside >= border
        return [100.0 * is_good]
    share = (answer - scale.low) / (scale.high - scale.low)
    return [100.0 * (1.0 - share if scale.is_lower_better else share)]


def _hull(points: np.ndarray) -> Region:
    """The convex hull of points, shape (points, parts), as `facets @ x <= limits`."""
    from scipy.spatial import ConvexHull  # noqa: PLC0415 - few programs have such metrics

    centre = points.mean(axis=0)
    _, lengths, axes = np.linalg.svd(points - centre)
    rank = int((lengths > DUST).sum())
    inside = (points - centre) @ axes[:rank].T
    if rank > 1:
        found = np.unique(ConvexHull(inside).equations.round(12), axis=0)
        facets, limits = found[:, :-1], -found[:, -1]
    else:
        facets = np.array([[1.0], [-1.0]])[:, :rank]
        limits = np.array([1.0, -1.0]) * [inside.max(initial=0), inside.min(initial=0)]
    flat = np.vstack([axes[rank:], -axes[rank:]])  # across these the points do not reach
    facets = np.vstack([facets @ axes[:rank], flat])
    limits = np.concatenate([limits, np.zeros(len(flat))]) + facets @ centre
    return Region(points.min(axis=0), points.max(axis=0), facets, limits)
