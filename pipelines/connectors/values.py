"""Wide to long: from one record to the contract rows its value rules ask for.

What belongs here: which rules fit a record, and the score of each value. What does not: the
record's other columns, which are done when this starts (connectors.mapping).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import add, and_

import polars as pl

from pipelines.connectors.distributions import REASON, WHERE, averaged
from pipelines.connectors.numbers import number, out_of, percent
from pipelines.connectors.wording import is_one_of, looked_up
from pipelines.program.rules import IdentifierRule, ValueRule
from pipelines.program.source import Source

ROW = "\x00row"
"""Place of a record in its batch, in the frames that make its values."""
WORDING = "item_text_version"
ALL_OF_THEM = "\x00all"
"""In the place of a column, where several make one value."""


@dataclass(frozen=True)
class ValueRows:
    """What the records of a batch asked for."""

    values: pl.DataFrame | None
    """A row per value with ROW and REASON; None: each record is one row itself."""
    n_asked: pl.Series
    """Rows each record asks for; 0 when no rule fits it."""


def value_rows(
    source: Source,
    texts: pl.DataFrame,
    keys: dict[str, pl.Series],
    *,
    typed: bool = False,
    asked: Mapping[str, str] | None = None,
) -> ValueRows:
    """One row per record and fitting rule and column, good or not.

    `texts` holds the columns the rules name, `keys` the keys of identifiers by kind; `typed`: the
    file stores numbers as numbers; `asked` is the wording of each column's question, if wanted.
    """
    ones = pl.Series("n_asked", [1], dtype=pl.Int64).new_from_index(0, texts.height)
    if source.identifiers:
        rows = [_identifiers(rule, texts, keys[rule.id_type]) for rule in source.identifiers]
        return ValueRows(pl.concat(rows), ones * len(rows))
    if not source.values:
        return ValueRows(None, ones)
    fits = [_fits(rule, texts) for rule in source.values]
    rows = [
        _asking(asked, column, _values(source, rule, column, texts, fit, typed=typed))
        for rule, fit in zip(source.values, fits, strict=True)
        for column in (rule.columns if rule.distribution is None else [ALL_OF_THEM])
    ]
    wanted = [1 if rule.distribution else len(rule.columns) for rule in source.values]
    counts = (
        ones * n if fit is None else fit.cast(pl.Int64) * n
        for n, fit in zip(wanted, fits, strict=True)
    )
    return ValueRows(pl.concat(rows, how="diagonal"), reduce(add, counts).alias("n_asked"))


def _asking(asked: Mapping[str, str] | None, column: str, values: pl.DataFrame) -> pl.DataFrame:
    if asked is None:
        return values
    return values.with_columns(pl.lit(asked.get(column, column)).alias(WORDING))


def _fits(rule: ValueRule, texts: pl.DataFrame) -> pl.Series | None:
    """Whether the rule fits each record; None: it fits all."""
    return reduce(and_, tests) if (tests := list(_tests(rule, texts))) else None


def _tests(rule: ValueRule, texts: pl.DataFrame) -> Iterator[pl.Series]:
    for column, wanted in (rule.when or {}).items():
        listed = [wanted] if isinstance(wanted, str) else wanted
        yield is_one_of(texts[column].fill_null(""), listed)


def _values(
    source: Source,
    rule: ValueRule,
    column: str,
    texts: pl.DataFrame,
    fit: pl.Series | None,
    *,
    typed: bool,
) -> pl.DataFrame:
    row = pl.int_range(texts.height, eager=True) if fit is None else fit.arg_true().cast(pl.Int64)
    if rule.distribution is not None:
        counted = averaged(source, rule, texts if fit is None else texts.filter(fit), typed=typed)
        return _of_rule(counted.with_columns(row.alias(ROW)), rule, rule.item or "")
    text = texts[column] if fit is None else texts[column].filter(fit)
    if rule.missing:
        text = text.set(is_one_of(text, rule.missing), None)
    withheld = is_one_of(text, source.suppressed)
    score = _scores(source, rule, text, typed=typed)
    if source.suppressed:
        score = score.set(withheld, None)
    given, unread = text.is_not_null() & ~withheld, score.is_null()
    outside = ~score.is_between(rule.scale.min, rule.scale.max).fill_null(value=True)
    frame = pl.DataFrame({ROW: row, "score_raw": score, "suppressed_at_source": withheld})
    reason = (
        pl.when(given & unread)
        .then(pl.lit("unknown_code" if rule.recode else "not_a_number"))
        .when(outside)
        .then(pl.lit("out_of_scale"))
    )
    frame = frame.with_columns(reason.alias(REASON), pl.lit(column).alias(WHERE))
    return _of_rule(frame, rule, rule.item_of(column))


def _of_rule(frame: pl.DataFrame, rule: ValueRule, item: str) -> pl.DataFrame:
    """The values with what their rule says of them."""
    return frame.with_columns(
        pl.lit(item).alias("item_code"),
        pl.lit(rule.scale.min, pl.Float64).alias("scale_min"),
        pl.lit(rule.scale.max, pl.Float64).alias("scale_max"),
        pl.lit(rule.direction).alias("direction"),
        pl.lit(rule.kind).alias("question_kind"),
        pl.lit(rule.voice, pl.String).alias("voice"),
    )


def _scores(source: Source, rule: ValueRule, text: pl.Series, *, typed: bool) -> pl.Series:
    """Labels by their recode, numbers as declared, `92%` and `4/5` where the scale says so."""
    score = number(text, source, typed=typed)
    if rule.recode:
        named = looked_up(text, dict(rule.recode), pl.Float64())
        score = named.zip_with(named.is_not_null(), score)
    rest = (text.is_not_null() & score.is_null()).arg_true()
    if rest.is_empty():
        return score
    score = score.scatter(rest, number(out_of(text.gather(rest), rule.scale.max), source))
    rest = (text.is_not_null() & score.is_null()).arg_true()
    full = {1: 100, 100: 1}.get(rule.scale.max)
    if rest.is_empty() or full is None:
        return score
    is_percent, plain = percent(text.gather(rest))
    return score.scatter(rest, (number(plain, source) / full).set(~is_percent, None))


def _identifiers(rule: IdentifierRule, texts: pl.DataFrame, keys: pl.Series) -> pl.DataFrame:
    frame = pl.DataFrame({ROW: pl.int_range(texts.height, eager=True), "id_key": keys})
    return frame.select(
        ROW,
        pl.when(pl.col("id_key").is_null()).then(pl.lit("blank_identifier")).alias(REASON),
        pl.lit(rule.column).alias(WHERE),
        "id_key",
        pl.lit(rule.id_type).alias("id_type"),
    )


def kept_and_bad(
    base: pl.DataFrame, values: pl.DataFrame | None, is_good: pl.Series
) -> tuple[pl.DataFrame, pl.DataFrame | None, pl.Series]:
    """Rows to keep, values at fault of good records (None: none), places of records with rows."""
    if values is None:
        return base.filter(is_good), None, is_good.arg_true()
    if not is_good.all():
        values = values.filter(is_good.gather(values[ROW]))
    bad = None
    if values[REASON].null_count() < values.height:
        at_fault = values.filter(pl.col(REASON).is_not_null())
        bad = at_fault.select(
            base["record_number"].gather(at_fault[ROW]),
            pl.col(WHERE).alias("column_name"),
            pl.col(REASON).alias("reason"),
            pl.lit(1).alias("n_rows"),
        )
        values = values.filter(pl.col(REASON).is_null())
    kept = pl.concat([base[values[ROW]], values.drop(ROW, REASON, WHERE)], how="horizontal")
    return kept, bad, values[ROW].unique()
