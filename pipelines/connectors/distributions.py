"""Published counts of each answer: their mean, number and variance.

What belongs here: from several columns of counts to one value. What does not: answers with a
column of their own (connectors.values).
"""

from __future__ import annotations

import polars as pl

from pipelines.connectors.conversion import share
from pipelines.connectors.wording import is_one_of
from pipelines.program.rules import ValueRule
from pipelines.program.source import Source

REASON, WHERE = "\x00reason", "\x00where"
"""Why a value or record cannot be used (null: it can), and the column at fault."""


def averaged(source: Source, rule: ValueRule, texts: pl.DataFrame, *, typed: bool) -> pl.DataFrame:
    """A row per record: the mean score of its answers; null where a column is blank or withheld.

    Counts also give `n_respondents` and the sample variance, unless the source has columns for
    these. Fractions, percent signs and totals of a hundred in every record are shares.
    """
    scores = rule.distribution or {}
    texts = texts.select(
        texts[column].set(is_one_of(texts[column], rule.missing), None) for column in scores
    )
    withheld = [is_one_of(texts[c], source.suppressed) for c in scores]
    counts = pl.DataFrame([share(texts[c], source, typed=typed).alias(c) for c in scores])
    faults = [
        pl.when(texts[c].is_not_null() & ~held & ~(counts[c] >= 0).fill_null(value=False))
        .then(pl.lit(c))
        for c, held in zip(scores, withheld, strict=True)
    ]  # fmt: skip
    n = pl.sum_horizontal(pl.col(c) for c in scores)
    is_told = pl.all_horizontal(pl.col(c).is_not_null() for c in scores) & (n > 0)
    is_count = pl.lit(_are_counts(texts, counts))
    mean = pl.sum_horizontal(pl.col(c) * s for c, s in scores.items()) / n
    squares = pl.sum_horizontal(pl.col(c) * (s - mean) ** 2 for c, s in scores.items())
    found = counts.select(
        pl.when(is_told).then(mean).alias("score_raw"),
        pl.when(is_told & is_count).then(n).cast(pl.Int64).alias("n_respondents"),
        pl.when(is_told & is_count & (n > 1)).then(squares / (n - 1)).alias("variance"),
        pl.any_horizontal(withheld).alias("suppressed_at_source"),
        pl.coalesce(faults).alias(WHERE),
    ).with_columns(pl.when(pl.col(WHERE).is_not_null()).then(pl.lit("not_a_number")).alias(REASON))
    return found.drop(set(source.columns) & {"n_respondents", "variance"})


def _are_counts(texts: pl.DataFrame, counts: pl.DataFrame) -> bool:
    is_percent = any(text.str.contains("[%\uff05]").any() for text in texts)
    is_whole = all(((count % 1) == 0).all() for count in counts)
    totals = counts.drop_nulls().sum_horizontal()
    return is_whole and not is_percent and not totals.is_between(98, 102).all()
