"""What one answer can be, as the metric catalogue of a release tells it.

What belongs here: which metrics are made of the same answers, and what an answer can add to each.
What does not: sums over groups (audit.relations) and intervals (audit.bounds).

An outsider knows the question and its scale: a 4 of 5 is 75 points of a mean and favourable, a 3 is
50 and is not. The sums over a group are those of its answers, so all metrics of the same answers
are judged together, promoters and detractors beside their score.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl

NOTHING_KNOWN = {"items": None, "answer_min": None, "answer_max": None, "answer_direction": None,
                 "answers_are_whole": None, "top_box_from": None}  # fmt: skip
"""Columns of a metric whose answers the catalogue does not describe."""
PROMOTER, PASSIVE = 9.0, 7.0
BESIDE = 1e-9
"""How far beside a border an answer is that can be any number: a share of the scale."""


@dataclass(frozen=True)
class Answers:
    """Metrics of the same answers; `points`, shape (corners, figures): what one answer can be.

    Figures are what adds up over answers: the score in each metric, and of a net promoter score
    whether the answer is a promoter and whether it is a detractor.
    """

    metrics: tuple[str, ...]
    voice: str
    figures: tuple[tuple[str, str], ...]
    """Metric, and `score`, `promoters` or `detractors`."""
    points: np.ndarray

    @property
    def name(self) -> str:
        """For people, and in keys of cells."""
        return " and ".join(self.metrics)

    @cached_property
    def least(self) -> np.ndarray:
        """Of one answer, shape (figures,)."""
        return self.points.min(axis=0)

    @cached_property
    def most(self) -> np.ndarray:
        """Of one answer, shape (figures,)."""
        return self.points.max(axis=0)

    @property
    def widths(self) -> np.ndarray:
        """From the least to the most, shape (figures,)."""
        return self.most - self.least

    @cached_property
    def scores(self) -> list[int]:
        """Which figures are scores."""
        return [i for i, (_, what) in enumerate(self.figures) if what == "score"]


COUNTS_ONLY = Answers((), "employee", (), np.zeros((1, 0)))
"""Of a table of counts without a score, such as participation."""


def answers_of(catalogue: pl.DataFrame) -> list[Answers]:
    """Every set of metrics made of the same answers, from `dim_metrics`, in order of metrics."""
    together: dict[tuple, list[dict]] = {}
    for metric in catalogue.sort("metric_id").iter_rows(named=True):
        row = NOTHING_KNOWN | metric
        key = (row["metric_id"],)
        if row["items"] is not None and row["answers_are_whole"] is not None:
            key = (row["voice"], row["items"], row["n_items_required"])
        together.setdefault(key, []).append(row)
    return [_answers(rows) for rows in together.values()]


def _answers(rows: list[dict]) -> Answers:
    figures = [
        (row["metric_id"], what)
        for row in rows
        for what in ("score", *(("promoters", "detractors") if _is_net(row) else ()))
    ]
    points = [np.concatenate([_scores(row, x) for row in rows]) for x in _corners(rows)]
    if not points:
        points = _unknown_scale(rows[0])
    metrics = tuple(row["metric_id"] for row in rows)
    return Answers(metrics, rows[0]["voice"], tuple(figures), np.unique(points, axis=0))


def _is_net(row: Mapping) -> bool:
    return row["metric_kind"] == "net_promoter"


def _unknown_scale(row: Mapping) -> list[np.ndarray]:
    """Of one metric: its lowest and its highest value, and neither promoter nor detractor."""
    if _is_net(row):
        return [np.array(p) for p in ((100.0, 1, 0), (0.0, 0, 0), (-100.0, 0, 1))]
    return [np.array([row["value_min"]]), np.array([row["value_max"]])]


def _corners(rows: list[dict]) -> Iterator[float]:
    """Answers between which every score is a straight line: ends of the scale, sides of borders."""
    low, high = rows[0]["answer_min"], rows[0]["answer_max"]
    if low is None or high is None or rows[0]["answers_are_whole"] is None:
        return
    borders = [row["top_box_from"] for row in rows if row["top_box_from"] is not None]
    borders += [b for row in rows if _is_net(row) for b in (PASSIVE, PROMOTER)]
    if rows[0]["answers_are_whole"]:
        near = [math.ceil(low), math.floor(high)]
        near += [n for b in borders for n in range(math.ceil(b) - 1, math.floor(b) + 2)]
    else:
        step = BESIDE * (high - low)
        near = [low, high, *(b + side for b in borders for side in (-step, 0.0, step))]
    yield from (float(x) for x in sorted(set(near)) if low <= x <= high)


def _scores(row: Mapping, x: float) -> list[float]:
    """Figures of one answer in a metric, by the definition of its score."""
    if _is_net(row):
        up, down = x >= PROMOTER, x < PASSIVE
        return [100.0 * (up - down), float(up), float(down)]
    is_lower_better = row["answer_direction"] == "lower"
    if row["metric_kind"] == "top_box":
        border = row["top_box_from"]
        return [100.0 * (x <= border if is_lower_better else x >= border)]
    share = (x - row["answer_min"]) / (row["answer_max"] - row["answer_min"])
    return [100.0 * (1.0 - share if is_lower_better else share)]
