"""Sums per unit that say how much the same people answer again: P, D and the pooled variances.

Here: the one pass over pseudonymous answers whose result may leave staging. Not here: how the sums
correct an estimate (``sampling_error``). The answers themselves never reach an estimator.
"""

from __future__ import annotations

import polars as pl
import polars.selectors as cs

UNIT, PERIOD, PERSON, SCORE = "unit_id", "period_id", "respondent_key", "score"


def respondent_sums(answers: pl.DataFrame, cells: pl.DataFrame | None = None) -> pl.DataFrame:
    """One row per unit: how often people recur, and what their recurrence says about noise.

    Measures how far the error of a unit's score in one period repeats in the next because the same
    crew answers. It misleads if ``cells`` differ from the cells that enter the estimate, so pass
    the same ones; estimators compare ``n_periods`` and refuse when they disagree.

    ``D = sum_t 1/n_t``; ``P = sum_persons (sum_t 1/n_t)^2``; without recurrence P = D. With
    ``r`` the deviation from the cell mean times ``sqrt(n/(n-1))``: ``person_num = sum_i
    [(sum_t r)^2 - sum_t r^2]`` and ``person_den`` the number of ordered pairs of waves, plain, or
    (``person_den_full``) its exact expectation when cells share only part of their people.

    >>> answers = pl.DataFrame({"unit_id": ["a"] * 4, "period_id": ["1", "1", "2", "2"],
    ...     "respondent_key": ["p", "q", "p", "q"], "score": [1.0, 3.0, 1.0, 3.0]})
    >>> sums = respondent_sums(answers)
    >>> sums["overlap_d"].item(), sums["overlap_p"].item(), sums["person_den"].item()
    (1.0, 2.0, 4.0)
    """
    answers = answers.select(UNIT, PERIOD, PERSON, pl.col(SCORE).cast(pl.Float64)).drop_nulls()
    if cells is not None:
        answers = answers.join(cells.select(UNIT, PERIOD), on=[UNIT, PERIOD], how="semi")
    cell = [UNIT, PERIOD]
    answers = answers.with_columns(
        pl.len().over(cell).cast(pl.Float64).alias("n"),
        (pl.col(SCORE) - pl.col(SCORE).mean().over(cell)).alias("r"),
    )
    scaled = pl.when(pl.col("n") > 1).then(pl.col("r") * (pl.col("n") / (pl.col("n") - 1)).sqrt())
    answers = answers.with_columns(scaled.alias("r_scaled"))
    out = _per_unit(answers).join(_per_person(answers), on=UNIT, how="left")
    pairs = _pair_weights(answers)
    out = out.join(pairs, on=UNIT, how="left").sort(UNIT)
    return out.with_columns(cs.float().fill_null(0.0))


def _per_unit(answers: pl.DataFrame) -> pl.DataFrame:
    """D, number of periods, and numerator and denominator of the pooled variance."""
    cells = answers.group_by(UNIT, PERIOD).agg(
        pl.col("n").first(), (pl.col("r") ** 2).sum().alias("ss")
    )
    return cells.group_by(UNIT).agg(
        pl.len().cast(pl.Int64).alias("n_periods"),
        (1 / pl.col("n")).sum().alias("overlap_d"),
        pl.col("ss").filter(pl.col("n") > 1).sum().alias("variance_num"),
        (pl.col("n") - 1).sum().alias("variance_den"),
    )


def _per_person(answers: pl.DataFrame) -> pl.DataFrame:
    """P, and the plain numerator and denominator of the person variance."""
    people = answers.group_by(UNIT, PERSON).agg(
        (1 / pl.col("n")).sum().alias("inverse_n"),
        pl.col("r_scaled").sum().alias("total"),
        (pl.col("r_scaled") ** 2).sum().alias("squares"),
        pl.col("r_scaled").count().cast(pl.Float64).alias("m"),
    )
    several = pl.col("m") > 1
    return people.group_by(UNIT).agg(
        (pl.col("inverse_n") ** 2).sum().alias("overlap_p"),
        (pl.col("total") ** 2 - pl.col("squares")).filter(several).sum().alias("person_num"),
        (pl.col("m") * (pl.col("m") - 1)).filter(several).sum().alias("person_den"),
    )


def _pair_weights(answers: pl.DataFrame) -> pl.DataFrame:
    """Exact denominator of the person variance, wave distance by wave distance to bound memory."""
    ranked = answers.filter(pl.col("n") > 1).with_columns(
        pl.col(PERIOD).rank("dense").cast(pl.Int64).alias("t")
    )
    waves = ranked.get_column("t").n_unique()
    left = ranked.select(UNIT, PERSON, "t", "n")
    parts = [pl.DataFrame(schema={UNIT: answers.schema[UNIT], "person_den_full": pl.Float64})]
    for distance in range(1, waves):
        right = left.select(UNIT, PERSON, pl.col("t") - distance, pl.col("n").alias("m"))
        shared = (
            left.join(right, on=[UNIT, PERSON, "t"])
            .group_by(UNIT, "t")
            .agg(pl.len().cast(pl.Float64).alias("o"), pl.col("n").first(), pl.col("m").first())
        )
        n, m, o = pl.col("n"), pl.col("m"), pl.col("o")
        weight = o * (1 - 1 / n - 1 / m + o / (n * m)) * (n * m / ((n - 1) * (m - 1))).sqrt()
        parts.append(shared.group_by(UNIT).agg((2 * weight).sum().alias("person_den_full")))
    return pl.concat(parts).group_by(UNIT).agg(pl.col("person_den_full").sum())
