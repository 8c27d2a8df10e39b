"""Rounding of what is released: the warehouse keeps every digit, a release shows fewer.

What belongs here: digits by kind of number and number of units. What does not: which rows are
released (the publication mask and the guards decide).

Correlations are given to .01 from 100 units on and to .05 from 20 to 99 units, slopes to three and
two significant digits, because with few units an exact number gives away the score of one unit to
whoever knows the others.
"""

from __future__ import annotations

import polars as pl

from pipelines.linkage.sentences import sentence

SCORE_DIGITS = 1
SHARE_DIGITS = 2
SIGNIFICANT, SIGNIFICANT_OF_FEW = 3, 2
STABLE_DECIMALS, STABLE_DIGITS = 9, 10
"""Digits that do not depend on the order in which parallel sums were added. Means of a few answers
often end in a five; without this step one run would round it up and the next one down."""
ENOUGH_UNITS = 100
NUMBERS = ("estimate", "conf_low", "conf_high")
CORRELATIONS = ("r",)
PROBABILITIES = ("F_test",)
"""Components whose estimate is the p of a test."""
CORRELATION_COLUMNS = ("zero_order_r",)
"""Correlations beside the estimates; they need 100 units, so .01 is their step."""


CORRELATION_GUARDS = ("too_good", "scale_reversed", "identical_measures")
"""Guards whose value is a correlation; they know no number of units, so .05 is their step."""


def round_scores(frame: pl.DataFrame, scores: list[str], shares: list[str]) -> pl.DataFrame:
    """Round score columns (0 to 100) and share columns (0 to 1) of a published table."""
    return frame.with_columns(
        *(pl.col(c).round(STABLE_DECIMALS).round(SCORE_DIGITS) for c in scores),
        *(pl.col(c).round(STABLE_DECIMALS).round(SHARE_DIGITS) for c in shares),
    )


def round_counts(frame: pl.DataFrame, columns: list[str], threshold: int) -> pl.DataFrame:
    """Round counts to tens, or to the next ten above the threshold (in what is counted).

    What is added up of them and taken from a shown count leaves a hidden group as many possible
    counts as are promised.
    """
    step = 10 * -(-threshold // 10)
    return frame.with_columns((pl.col(c) / step).round().cast(pl.Int64) * step for c in columns)


def round_correlations(frame: pl.DataFrame, columns: list[str], shares: list[str]) -> pl.DataFrame:
    """Round correlations by the number of units behind them, and share columns."""
    step = _step_of_units()
    rounded = frame.with_columns(_to_step(pl.col(c), step).alias(c) for c in columns)
    return round_scores(rounded, [], shares)


def _step_of_units() -> pl.Expr:
    return pl.when(pl.col("n_units") >= ENOUGH_UNITS).then(0.01).otherwise(0.05)


def round_estimates(estimates: pl.DataFrame) -> pl.DataFrame:
    """Round the rows of `linkage_estimates` for release, and make their sentences anew."""
    is_r = pl.col("effect_type").is_in(CORRELATIONS)
    is_p = pl.col("component").is_in(PROBABILITIES)
    many = pl.col("n_units") >= ENOUGH_UNITS
    step = _step_of_units()
    rounded = [
        pl.when(is_r)
        .then(_to_step(pl.col(c), step))
        .when(is_p)
        .then(_probability(pl.col(c)))
        .when(many)
        .then(_significant(pl.col(c)))
        .otherwise(_significant(pl.col(c), SIGNIFICANT_OF_FEW))
        .alias(c)
        for c in NUMBERS
    ]
    other = [
        c
        for c in ("std_error", "statistic", "df", "df2", "reliability", "signal_t", "mde",
                  "robustness_value", "equivalence_low", "equivalence_high")
        if c in estimates.columns
    ]  # fmt: skip
    shown = estimates.with_columns(
        *rounded,
        *(_significant(pl.col(c)).alias(c) for c in other),
        *(_probability(pl.col(c)) for c in ("p_value", "q_value", "share_headcount_suppressed")),
    )
    words = [sentence(row) for row in shown.iter_rows(named=True)]
    return shown.with_columns(pl.Series("sentence", words, dtype=pl.String))


def round_companion(table: pl.DataFrame) -> pl.DataFrame:
    """Round every number of a table beside the estimates to three significant digits.

    >>> round_companion(pl.DataFrame({"share": [0.12345], "zero_order_r": [0.4267]})).row(0)
    (0.123, 0.43)
    """
    numbers = [name for name, kind in table.schema.items() if kind == pl.Float64]
    return table.with_columns(
        pl.col(name).round(2) if name in CORRELATION_COLUMNS else _significant(pl.col(name))
        for name in numbers
    )


def round_guards(guards: pl.DataFrame) -> pl.DataFrame:
    """Round `linkage_guards`: a correlation no finer than the estimate it warns of.

    >>> round_guards(pl.DataFrame({"code": ["too_good", "few_units"], "value": [0.9393, 21.0]}))[
    ...     "value"].to_list()
    [0.95, 21.0]
    """
    is_r = pl.col("code").is_in(CORRELATION_GUARDS)
    rounded = pl.when(is_r).then(_to_step(pl.col("value"), 0.05)).otherwise(pl.col("value"))
    return round_companion(guards.with_columns(rounded.alias("value")))


def _to_step(value: pl.Expr, step: float | pl.Expr) -> pl.Expr:
    # the last rounding takes away the binary dust of the division
    return ((value / step).round(STABLE_DECIMALS).round(0) * step).round(2)


def _probability(value: pl.Expr) -> pl.Expr:
    return value.round(STABLE_DECIMALS).round(3)


def _significant(value: pl.Expr, digits: int = SIGNIFICANT) -> pl.Expr:
    return value.round_sig_figs(STABLE_DIGITS).round_sig_figs(digits)
