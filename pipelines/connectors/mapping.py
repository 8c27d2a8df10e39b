"""From text records to contract rows and rejects: the one mapping all formats share.

What belongs here: filters, columns, values, keys, and the account of every row. What does not:
opening files (connectors.records) and keeping batches (landing).

The account: each record asks for one row, or for one row per value rule that fits it. Every row
asked for is either kept or rejected with a reason, so that `rows read = kept + rejected` always.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_

import polars as pl

from pipelines.connectors.conversion import REASON_BY_KIND, clean, convert, recode
from pipelines.connectors.records import RECORD_NUMBER
from pipelines.connectors.values import value_rows
from pipelines.contract import COMMENTS, REJECTED_ROWS, SOURCE_TABLES, Column
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.source import ColumnMapping, Source

LOCAL_DATES = {"answered_at": "answered_date", "occurred_at": "local_date"}
"""Timestamp columns and the column that holds their day in the program's time zone."""
REJECTS = {name: REJECTED_ROWS.schema[name] for name in
           ("record_number", "column_name", "reason", "value_class", "is_filtered", "n_rows")}  # fmt: skip


@dataclass(frozen=True)
class Mapped:
    """What became of one batch of records."""

    rows: pl.DataFrame
    comments: pl.DataFrame
    rejects: pl.DataFrame
    n_read: int


@dataclass(frozen=True)
class RecordMapping:
    """A source's mapping, bound to the header of one file."""

    source: Source
    found: dict[str, str]
    """Column named by the program -> column of the file."""
    zone: str
    pseudonyms: Pseudonymizer

    def apply(self, records: pl.DataFrame) -> Mapped:
        """Map one batch of text records."""
        frame = self._texts(records)
        frame = frame.with_columns(self._filtered(frame).alias("\x00filtered"))
        frame = self._mapped_columns(frame)
        frame = self._with_fault(frame)
        parts = value_rows(self.source, frame)
        comments = self._comments(parts.kept)
        names = SOURCE_TABLES[self.source.table].schema
        kept = parts.kept.select([n for n in names if n in parts.kept.columns])
        return Mapped(kept, comments, parts.rejects.select(list(REJECTS)), parts.n_read)

    def _texts(self, records: pl.DataFrame) -> pl.DataFrame:
        """Used columns under the program's names, prefixed so that no contract name collides."""
        answers = {name for rule in self.source.values for name in rule.columns}
        missing, withheld = self.source.missing, self.source.suppressed
        return records.select(
            pl.col(RECORD_NUMBER).alias("record_number"),
            *(
                clean(file, missing if name in answers else [*missing, *withheld]).alias(
                    f"\x00{name}"
                )
                for name, file in self.found.items()
            ),
        )

    def _filtered(self, frame: pl.DataFrame) -> pl.Expr:
        out = []
        for rule in self.source.filters:
            text = pl.col(f"\x00{rule.column}").str.to_lowercase().fill_null("")
            listed = text.is_in([t.casefold() for t in rule.keep or rule.drop or []])
            out.append(~listed if rule.keep is not None else listed)
        return reduce(or_, out, pl.lit(False))

    def _mapped_columns(self, frame: pl.DataFrame) -> pl.DataFrame:
        table = SOURCE_TABLES[self.source.table]
        for name, mapping in self.source.columns.items():
            column = table.mapped[name]
            frame = frame.with_columns(self._column(frame, column, mapping).alias(name))
            if column.kind == "key" and f"{_stem(name)}_id_type" in table.schema:
                id_type = pl.when(pl.col(name).is_not_null()).then(pl.lit(mapping.id_type))
                frame = frame.with_columns(id_type.alias(f"{_stem(name)}_id_type"))
            if name in LOCAL_DATES:
                local = pl.col(name).dt.replace_time_zone("UTC").dt.convert_time_zone(self.zone)
                frame = frame.with_columns(local.dt.date().alias(LOCAL_DATES[name]))
        for rule in self.source.identifiers:
            keys = self.pseudonyms.keys(frame[f"\x00{rule.column}"], rule.id_type)
            frame = frame.with_columns(keys.alias(f"\x00key {rule.id_type}"))
        return frame

    def _column(
        self, frame: pl.DataFrame, column: Column, mapping: ColumnMapping
    ) -> pl.Expr | pl.Series:
        text = self._text_of(mapping)
        if column.kind == "key":
            texts = frame.select(text.alias("t"))["t"]
            return self.pseudonyms.keys(texts, mapping.id_type or "")
        if mapping.recode:
            text = recode(text, mapping.recode)
        return convert(text, column, mapping, self.zone)

    @staticmethod
    def _text_of(mapping: ColumnMapping) -> pl.Expr:
        if mapping.column is not None:
            return pl.col(f"\x00{mapping.column}")
        return pl.lit(str(mapping.value), dtype=pl.String)

    def _with_fault(self, frame: pl.DataFrame) -> pl.DataFrame:
        """First fault of each record: reason, column at fault, and the kind of value there."""
        checks: list[tuple[pl.Expr, str, str]] = [
            (pl.col("\x00filtered"), "filtered", self._filter_column())
        ]
        for name, mapping in self.source.columns.items():
            column = SOURCE_TABLES[self.source.table].mapped[name]
            text, where = self._text_of(mapping), mapping.column or name
            lost = text.is_not_null() & pl.col(name).is_null()
            reason = "unknown_code" if mapping.recode else REASON_BY_KIND.get(column.kind)
            if reason is not None:
                checks.append((lost, reason, where))
            if column.required:
                checks.append((text.is_null(), "missing_required", where))
        reason, where = pl.lit(None, pl.String), pl.lit(None, pl.String)
        for condition, code, column_name in reversed(checks):
            reason = pl.when(condition).then(pl.lit(code)).otherwise(reason)
            where = pl.when(condition).then(pl.lit(column_name)).otherwise(where)
        return frame.with_columns(
            reason.alias("\x00reason"), where.cast(pl.String).alias("\x00where")
        )

    def _filter_column(self) -> str:
        return self.source.filters[0].column if self.source.filters else ""

    def _comments(self, kept: pl.DataFrame) -> pl.DataFrame:
        """One row per commented response or event; the text itself is not landed unredacted."""
        if self.source.comment is None:
            return pl.DataFrame(schema=COMMENTS.schema)
        text = pl.col(f"\x00{self.source.comment}")
        employee = self.source.table == "employee_responses"
        parent = "response_id" if employee else "feedback_id"
        parent_key = pl.col(parent) if parent in kept.columns else pl.col("respondent_key")
        language = pl.col("language") if "language" in kept.columns else pl.lit(None, pl.String)
        return (
            kept.filter(text.is_not_null())
            .unique("record_number", keep="first", maintain_order=True)
            .select(
                "record_number",
                pl.lit("employee" if employee else "customer").alias("voice"),
                parent_key.alias("parent_key"),
                language.alias("language"),
                pl.lit(None, pl.String).alias("redacted_text"),
                text.str.len_chars().cast(pl.Int64).alias("n_characters"),
                pl.lit(None, pl.Int64).alias("n_redactions"),
            )
        )


def _stem(key_column: str) -> str:
    return key_column.removesuffix("_key")


def malformed_rejects(numbers: list[int]) -> pl.DataFrame:
    """Reject rows for records that could not be split into fields."""
    return pl.DataFrame(
        {
            "record_number": numbers,
            "column_name": [None] * len(numbers),
            "reason": ["malformed_record"] * len(numbers),
            "value_class": ["record"] * len(numbers),
            "is_filtered": [False] * len(numbers),
            "n_rows": [1] * len(numbers),
        },
        schema=REJECTS,
    )
