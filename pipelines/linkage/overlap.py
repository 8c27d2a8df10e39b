"""Sums per unit that say how much the same people answer again: P, D and the pooled variances.

Here: the one pass over pseudonymous answers whose result may leave staging. Not here: how the sums
correct an estimate (``sampling_error``). The answers themselves never reach an estimator.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.linkage.panel_columns import need_columns, numbers

UNIT, PERIOD, PERSON, SCORE = "unit_id", "period_id", "respondent_key", "score"


def respondent_sums(answers: pl.DataFrame, cells: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per unit: how often people recur, and what their recurrence says about noise.

    Measures how far the error of a unit's score in one period repeats in the next because the same
    crew answers. It misleads if ``cells`` differ from the cells that enter the estimate, so pass
    the same ones; estimators compare ``n_periods`` and refuse when they disagree.

    ``D = sum_t 1/n_t``; ``P = sum_persons (sum_t 1/n_t)^2``; without recurrence P = D. With
    ``r`` the deviation from the cell mean times ``sqrt(n/(n-1))``: ``person_num = sum_i
    [(sum_t r)^2 - sum_t r^2]`` and ``person_den`` the number of ordered pairs of waves, plain, or
    (``person_den_full``) its exact expectation when cells share only part of their people. The
    pooled product of a person's deviations is the covariance component of an unbalanced nested
    design (Searle, Casella and McCulloch 1992).

    >>> answers = pl.DataFrame({"unit_id": ["a"] * 4, "period_id": ["1", "1", "2", "2"],
    ...     "respondent_key": ["p", "q", "p", "q"], "score": [1.0, 3.0, 1.0, 3.0]})
    >>> sums = respondent_sums(answers)
    >>> sums["overlap_d"].item(), sums["overlap_p"].item(), sums["person_den"].item()
    (1.0, 2.0, 4.0)
    """
    need_columns(answers, (UNIT, PERIOD, PERSON, SCORE), "answers")
    answers = answers.select(UNIT, PERIOD, PERSON, numbers(answers, SCORE)).drop_nulls()
    if cells is not None:
        answers = answers.join(cells.select(UNIT, PERIOD), on=[UNIT, PERIOD], how="semi")
    names = answers.select(pl.col(UNIT).unique()).sort(pl.col(UNIT).cast(pl.String))[UNIT]
    coded = answers.select(
        _codes(answers[UNIT]).alias("u"), _codes(answers[PERIOD]).alias("t"),
        pl.struct(UNIT, PERSON).hash(seed=1).alias("p"), SCORE,
    )  # fmt: skip
    cell = ["u", "t"]
    coded = coded.with_columns(
        pl.len().over(cell).cast(pl.Float64).alias("n"),
        (pl.col(SCORE) - pl.col(SCORE).mean().over(cell)).alias("r"),
    ).drop(SCORE)
    scaled = pl.when(pl.col("n") > 1).then(pl.col("r") * (pl.col("n") / (pl.col("n") - 1)).sqrt())
    coded = coded.with_columns(scaled.alias("r_scaled"))
    out = _per_unit(coded).join(_per_person(coded), on="u", how="left").sort("u")
    pairs = _pair_weights(coded, len(names))
    return out.with_columns(
        names[out["u"]].alias(UNIT), pl.Series("person_den_full", pairs)
    ).select(UNIT, pl.all().exclude(UNIT, "u").fill_null(0))


def _codes(column: pl.Series) -> pl.Series:
    """Whole numbers in the order of the values; text would make every later step slow."""
    text = column.cast(pl.String)
    return text.cast(pl.Enum(text.unique().sort())).to_physical().cast(pl.Int64)


def _per_unit(answers: pl.DataFrame) -> pl.DataFrame:
    """D, number of periods, and numerator and denominator of the pooled variance."""
    cells = answers.group_by("u", "t").agg(
        pl.col("n").first(), (pl.col("r") ** 2).sum().alias("ss")
    )
    # a fixed order keeps the last digit of sums, whatever the threads did
    return (
        cells.sort("u", "t")
        .group_by("u", maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("n_periods"),
            (1 / pl.col("n")).sum().alias("overlap_d"),
            pl.col("ss").filter(pl.col("n") > 1).sum().alias("variance_num"),
            (pl.col("n") - 1).sum().alias("variance_den"),
        )
    )


def _per_person(answers: pl.DataFrame) -> pl.DataFrame:
    """P, and the plain numerator and denominator of the person variance."""
    people = answers.group_by("u", "p").agg(
        (1 / pl.col("n")).sum().alias("inverse_n"),
        pl.col("r_scaled").sum().alias("total"),
        (pl.col("r_scaled") ** 2).sum().alias("squares"),
        pl.col("r_scaled").count().cast(pl.Float64).alias("m"),
    )
    several = pl.col("m") > 1
    return (
        people.sort("u", "p")
        .group_by("u", maintain_order=True)
        .agg(
            (pl.col("inverse_n") ** 2).sum().alias("overlap_p"),
            (pl.col("total") ** 2 - pl.col("squares")).filter(several).sum().alias("person_num"),
            (pl.col("m") * (pl.col("m") - 1)).filter(several).sum().alias("person_den"),
        )
    )


def _pair_weights(answers: pl.DataFrame, n_units: int) -> np.ndarray:
    """Exact denominator of the person variance: ordered pairs of waves that share people.

    Sorted by person and wave, the d-th row below is the d-th later answer of the same person, so
    shifting once per d meets every pair of waves exactly once.
    """
    ranked = answers.filter(pl.col("n") > 1).sort("u", "p", "t")
    if not len(ranked):
        return np.zeros(n_units)
    unit, wave, person = (ranked[c].to_numpy() for c in ("u", "t", "p"))
    n_waves = int(wave.max()) + 1
    size = np.ones(n_units * n_waves)
    size[unit * n_waves + wave] = ranked["n"].to_numpy()
    shared = np.zeros(n_units * n_waves * n_waves, dtype=np.int32)
    for distance in range(1, n_waves):
        same = (person[distance:] == person[:-distance]) & (unit[distance:] == unit[:-distance])
        if not same.any():
            break
        first = np.flatnonzero(same)
        pair = (unit[first] * n_waves + wave[first]) * n_waves + wave[first + distance]
        # within one distance a pair of waves can occur many times, once per shared person
        shared += np.bincount(pair, minlength=len(shared)).astype(np.int32)
    key = np.flatnonzero(shared)
    shared = shared[key]
    cell, later = key // n_waves, key % n_waves
    n, m = size[cell], size[cell // n_waves * n_waves + later]
    weight = shared * (1 - 1 / n - 1 / m + shared / (n * m)) * np.sqrt(n * m / ((n - 1) * (m - 1)))
    return np.bincount(cell // n_waves, weights=2 * weight, minlength=n_units)
