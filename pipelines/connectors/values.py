"""Wide to long: from one record to the contract rows its value rules ask for.

What belongs here: which rules fit a record, the score of each value, and the rejects. What does
not: the record's other columns, which are done when this starts (connectors.mapping).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_

import polars as pl

from pipelines.program.source import Source, ValueRule


@dataclass(frozen=True)
class ValueRows:
    """Kept rows, rejects, and how many rows the records asked for."""

    kept: pl.DataFrame
    rejects: pl.DataFrame
    n_read: int


def value_rows(source: Source, frame: pl.DataFrame) -> ValueRows:
    """One row per record and fitting value; records at fault become rejects."""
    faulty = pl.col("\x00reason").is_not_null()
    if source.identifiers:
        asked, candidates = _identifier_candidates(source, frame)
    elif source.values:
        asked, candidates = _value_candidates(source, frame)
    else:
        asked = pl.lit(1)
        candidates = [frame.with_columns(pl.lit(None, pl.String).alias("\x00value_reason"))]
    frame = frame.with_columns(asked.cast(pl.Int64).alias("\x00asked"))
    lost = frame.filter(faulty | (pl.col("\x00asked") == 0)).with_columns(
        pl.coalesce("\x00reason", pl.lit("no_rule")).alias("reason"),
        pl.coalesce("\x00where", pl.lit(_when_columns(source))).alias("column_name"),
        pl.max_horizontal("\x00asked", pl.lit(1)).alias("n_rows"),
    )
    rows = pl.concat([c.filter(~faulty) for c in candidates], how="vertical")
    bad = rows.filter(pl.col("\x00value_reason").is_not_null()).with_columns(
        pl.col("\x00value_reason").alias("reason"),
        pl.col("\x00value_column").alias("column_name"),
        pl.lit(1, pl.Int64).alias("n_rows"),
    ) if source.values or source.identifiers else None  # fmt: skip
    rejects = _classified(lost, bad)
    n_read = int(frame.select(pl.max_horizontal("\x00asked", pl.lit(1)).sum()).item() or 0)
    return ValueRows(rows.filter(pl.col("\x00value_reason").is_null()), rejects, n_read)


def _value_candidates(source: Source, frame: pl.DataFrame) -> tuple[pl.Expr, list[pl.DataFrame]]:
    fits = [(_fits(rule), rule, column) for rule in source.values for column in rule.columns]
    asked = reduce(lambda a, b: a + b, (fit.cast(pl.Int64) for fit, _, _ in fits))
    return asked, [
        frame.filter(fit).with_columns(*_value(source, rule, column)) for fit, rule, column in fits
    ]


def _fits(rule: ValueRule) -> pl.Expr:
    tests = []
    for column, wanted in (rule.when or {}).items():
        texts = [wanted] if isinstance(wanted, str) else wanted
        text = pl.col(f"\x00{column}").str.to_lowercase().fill_null("")
        tests.append(text.is_in([t.casefold() for t in texts]))
    return reduce(and_, tests, pl.lit(True))


def _value(source: Source, rule: ValueRule, column: str) -> list[pl.Expr]:
    text = pl.col(f"\x00{column}")
    withheld = text.str.to_lowercase().is_in([s.casefold() for s in source.suppressed])
    withheld = withheld.fill_null(False)
    score = text.cast(pl.Float64, strict=False)
    if rule.recode:
        labels = {label.casefold(): value for label, value in rule.recode.items()}
        named = text.str.to_lowercase().replace_strict(
            labels, default=None, return_dtype=pl.Float64
        )
        score = pl.coalesce(named, score)
    score = pl.when(withheld).then(None).otherwise(score)
    outside = ~score.is_between(rule.scale.min, rule.scale.max)
    reason = (
        pl.when(text.is_null() | withheld)
        .then(pl.lit(None, pl.String))
        .when(score.is_null() | score.is_nan())
        .then(pl.lit("unknown_code" if rule.recode else "not_a_number"))
        .when(outside)
        .then(pl.lit("out_of_scale"))
        .otherwise(pl.lit(None, pl.String))
    )
    return [
        pl.lit(rule.item or column).alias("item_code"),
        score.alias("score_raw"),
        pl.lit(rule.scale.min, pl.Float64).alias("scale_min"),
        pl.lit(rule.scale.max, pl.Float64).alias("scale_max"),
        pl.lit(rule.direction).alias("direction"),
        pl.lit(rule.kind).alias("question_kind"),
        pl.lit(rule.voice, pl.String).alias("voice"),
        withheld.alias("suppressed_at_source"),
        reason.alias("\x00value_reason"),
        pl.lit(column).alias("\x00value_column"),
        text.alias("\x00value_text"),
    ]


def _identifier_candidates(
    source: Source, frame: pl.DataFrame
) -> tuple[pl.Expr, list[pl.DataFrame]]:
    candidates = []
    for rule in source.identifiers:
        text = pl.col(f"\x00{rule.column}")
        blank = pl.when(text.is_null()).then(pl.lit("blank_identifier"))
        candidates.append(
            frame.with_columns(
                pl.lit(rule.id_type).alias("id_type"),
                pl.col(f"\x00key {rule.id_type}").alias("id_key"),
                blank.otherwise(pl.lit(None, pl.String)).alias("\x00value_reason"),
                pl.lit(rule.column).alias("\x00value_column"),
                text.alias("\x00value_text"),
            )
        )
    return pl.lit(len(source.identifiers)), candidates


def _when_columns(source: Source) -> str | None:
    names = [name for rule in source.values for name in rule.when or {}]
    return names[0] if names else None


def _classified(lost: pl.DataFrame, bad: pl.DataFrame | None) -> pl.DataFrame:
    """Reject rows of both kinds, with the class of the value at fault and never the value."""
    planned = pl.col("reason").is_in(["filtered", "blank_identifier"]).alias("is_filtered")
    shape = ["record_number", "column_name", "reason", "value_class", "is_filtered", "n_rows"]
    by_reason = {
        "missing_required": "blank",
        "blank_identifier": "blank",
        "out_of_scale": "number",
        "filtered": "text",
        "no_rule": "text",
    }
    value_class = pl.col("reason").replace_strict(by_reason, default="text").alias("value_class")
    parts = [lost] if bad is None else [lost, bad]
    return pl.concat([p.with_columns(value_class, planned).select(shape) for p in parts])
