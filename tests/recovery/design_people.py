"""Designs of people and answers: crews that return, weights, suppression."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import polars as pl

from pipelines.linkage import (
    between,
    respondent_sums,
    within,
)  # fmt: skip
from tests.recovery.outcomes import CLEAN, Outcomes, covers, slope_row, value_of
from tests.recovery.worlds import (
    Rng,
    Truth,
    World,
    company,
    measured,
    true_scores,
)  # fmt: skip


def _crew(rng: Rng, truth: Truth, turnover: float) -> pl.DataFrame:
    """Answers of 10 seats per unit whose holders stay from wave to wave."""
    n, t = truth.x.shape
    seats, share = 10, 0.6
    person = np.empty((n, t, seats), dtype=np.int64)
    effect = np.empty((n, t, seats))
    person[:, 0] = np.arange(n * seats).reshape(n, seats)
    effect[:, 0] = rng.normal(0, 0.9 * np.sqrt(share), (n, seats))
    fresh = n * seats
    for s in range(1, t):
        person[:, s], effect[:, s] = person[:, s - 1], effect[:, s - 1]
        left = rng.random((n, seats)) < turnover
        person[:, s][left] = fresh + np.arange(left.sum())
        effect[:, s][left] = rng.normal(0, 0.9 * np.sqrt(share), left.sum())
        fresh += int(left.sum())
    score = truth.x[:, :, None] + effect + rng.normal(0, 0.9 * np.sqrt(1 - share), (n, t, seats))
    unit, period = np.meshgrid(np.arange(n), np.arange(t), indexing="ij")
    return pl.DataFrame({
        "u": np.repeat(unit.ravel(), seats), "t": np.repeat(period.ravel(), seats),
        "k": person.ravel(), "score": score.ravel(),
    }).select(
        pl.format("u{}", pl.col("u").cast(pl.String).str.zfill(5)).alias("unit_id"),
        pl.format("p{}", pl.col("t").cast(pl.String).str.zfill(2)).alias("period_id"),
        pl.col("k").cast(pl.String).alias("respondent_key"), "score",
    )  # fmt: skip


def s13(rng: Rng) -> Outcomes:
    out: Outcomes = {}
    for turnover in (0.0, 0.1):
        w = World()
        truth = true_scores(rng, w)
        answers = _crew(rng, truth, turnover)
        cells = answers.group_by("unit_id", "period_id").agg(
            n_e=pl.len(), mean_e=pl.col("score").mean(), var_e=pl.col("score").var()
        )
        data = (
            measured(rng, truth, w)
            .drop("n_e", "mean_e", "var_e")
            .join(cells, on=["unit_id", "period_id"])
        )
        sums = respondent_sums(answers, data)
        row = slope_row(within(data, respondent_overlap="key", overlap=sums), "corrected")
        naive = slope_row(within(data, **CLEAN), "corrected")
        name = str(turnover).replace(".", "_")
        out[f"coverage_key_{name}"] = covers(row, 3.0)
        out[f"mean_key_over_truth_{name}"] = value_of(row) / 3.0
        out[f"coverage_naive_{name}"] = covers(naive, 3.0)
        out[f"refused_without_key_{name}"] = float(
            slope_row(within(data), "corrected")["verdict"] == "refused"
        )
    return out


def _nps_company(rng: Rng, n: int = 300) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    from scipy.special import ndtr

    level = rng.normal(0, 0.36, n)
    mood = 0.9 * level + rng.normal(0, 0.35, n)
    promoters, detractors = ndtr(mood - 0.1), ndtr(-mood - 0.8)
    n_c = np.maximum(rng.poisson(40 * np.exp(rng.normal(0, 1.0, n))), 2)
    counts = np.array([
        rng.multinomial(k, [a, max(1 - a - b, 0.0), b])
        for k, a, b in zip(n_c, promoters, detractors, strict=True)
    ])  # fmt: skip
    n_e = np.full(n, 40.0)
    data = pl.DataFrame({
        "unit_id": [f"u{i:04d}" for i in range(n)],
        "location_id": [f"l{i % 60:02d}" for i in range(n)],
        "period_id": "p", "period_index": 0, "n_e": n_e,
        "mean_e": 3.5 + level + rng.normal(0, 0.9, n) / np.sqrt(n_e), "var_e": 0.81,
        "promoters": counts[:, 0], "passives": counts[:, 1], "detractors": counts[:, 2],
    })  # fmt: skip
    return data, level, 100 * (promoters - detractors)


@lru_cache(maxsize=1)
def _nps_truth() -> float:
    _, level, score = _nps_company(np.random.default_rng(0), 20_000)
    return float(np.polyfit(level, score, 1)[0])


def s14(rng: Rng) -> Outcomes:
    truth = _nps_truth()
    data, _, _ = _nps_company(rng)
    out: Outcomes = {}
    for weights in ("equal", "credibility"):
        row = slope_row(between(data, weights=weights, **CLEAN), "corrected")
        out[f"{weights}_over_truth"] = value_of(row) / truth
    refused = slope_row(between(data, weights="inverse_variance", **CLEAN), "observed")
    out["inverse_variance_refused"] = float(refused["verdict"] == "refused")
    return out


def s19(rng: Rng) -> Outcomes:
    w = World(locations=300, periods=6, b_between=9.0, b_within=9.0, n_e=9)
    data = company(rng, w)
    out: Outcomes = {}
    for least in (1, 3, 5, 8, 10):
        result = within(data, min_n=least, **CLEAN)
        out[f"corrected_over_truth_{least}"] = value_of(slope_row(result, "corrected")) / 9.0
        out[f"observed_over_truth_{least}"] = slope_row(result, "observed")["estimate"] / 9.0
    return out
