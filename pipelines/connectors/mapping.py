"""From text records to contract rows and rejects: the one mapping all formats share.

What belongs here: filters, columns, keys, and the account of every row. What does not: opening
files (connectors.records), the values of a record (values) and keeping batches (landing).

The account: each record asks for one row, or for one row per value rule that fits it. Every row
asked for is either kept or rejected with a reason, so that `rows read = kept + rejected` always.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import and_

import polars as pl

from pipelines.connectors.cells import cleaned
from pipelines.connectors.conversion import (
    REASON_BY_KIND,
    clean,
    convert,
    recode,
    without_addresses,
)
from pipelines.connectors.dates import ambiguous
from pipelines.connectors.footnotes import begins_with, is_left_out
from pipelines.connectors.locations import texts_of_column
from pipelines.connectors.records import FIRST_CELL, RECORD_NUMBER
from pipelines.connectors.rejects import SCHEMA, Fault, first_faults, reject_rows
from pipelines.connectors.values import WORDING, kept_and_bad, value_rows
from pipelines.contract import COMMENTS, SOURCE_TABLES
from pipelines.errors import SourceError
from pipelines.privacy.name_words import INITIALS, NAME, initials_of, words_of
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.privacy.redaction import SCHEMA as REDACTED
from pipelines.privacy.redaction import Redactor
from pipelines.program.rules import ColumnMapping
from pipelines.program.source import Source

LOCAL_DATES = {"answered_at": "answered_date", "occurred_at": "local_date"}
"""Timestamp columns and the column that holds their day in the program's time zone."""

LARGEST_WEIGHT = 1e9
"""More people than one answer can stand for."""

OWN_IDS = ("response_id", "feedback_id", "action_id")
"""Ids of the source: rows would fall together if a part of them were masked."""


@dataclass(frozen=True)
class Mapped:
    """What became of one batch of records."""

    rows: pl.DataFrame
    comments: pl.DataFrame
    rejects: pl.DataFrame
    n_read: int
    name_keys: pl.Series


@dataclass(frozen=True)
class RecordMapping:
    """A source's mapping, bound to the header of one file."""

    source: Source
    found: dict[str, str]
    """Column named by the program -> column of the file."""
    zone: str
    pseudonyms: Pseudonymizer
    typed: bool = False
    """The format stores dates and numbers as such."""
    from_name: dict[str, str] = field(default_factory=dict)
    """Contract columns taken from the file's name, and the text of each."""
    redactor: Redactor | None = None
    """Takes people out of comments; default: one that knows no names of this program."""
    ids_begin: str = ""
    """What the ids begin with of records that have none of their own."""
    question_texts: dict[str, str] = field(default_factory=dict)
    """Column of the file -> what it asks, where the file tells more than the column's name."""

    def apply(self, records: pl.DataFrame) -> Mapped:
        """Map one batch of text records."""
        if not any(m.column_name for m in self.source.columns.values()):
            return self._apply(records)
        parts = [part._apply(records) for part in self._by_answer()]
        comments = pl.concat([part.comments for part in parts])
        return Mapped(
            pl.concat([part.rows for part in parts]),
            comments.unique("record_number", keep="first", maintain_order=True),
            pl.concat([part.rejects for part in parts]),
            sum(part.n_read for part in parts),
            parts[0].name_keys,
        )

    def _by_answer(self) -> Iterator[RecordMapping]:
        """One mapping per column of answers, for columns taken from the name of it."""
        for rule in self.source.values:
            for answer in rule.columns:
                alone = rule.model_copy(update={"columns": [answer]})
                yield replace(
                    self, source=self.source.model_copy(update={"values": [alone]}),
                    from_name=self.from_name | texts_of_column(self.source, answer),
                )  # fmt: skip

    def _apply(self, records: pl.DataFrame) -> Mapped:
        records = self._one_touch_each(records)
        texts = cleaned(self.source, self.found, records)
        columns = self._columns(texts, records[RECORD_NUMBER])
        keys = {
            rule.id_type: self.pseudonyms.keys(texts[rule.column], rule.id_type)
            for rule in self.source.identifiers
        }
        asked = value_rows(self.source, texts, keys, typed=self.typed, asked=self._wording())
        faults = [*self._left_out(records, texts), *self._faults(records, texts, columns)]
        faults.append(self._no_rule(asked.n_asked))
        lost = first_faults(faults, records.height)
        is_good = pl.Series([True], dtype=pl.Boolean).new_from_index(0, records.height)
        if lost is not None:
            is_good = is_good.scatter(lost["row"], values=False)
        base = pl.DataFrame([records[RECORD_NUMBER].alias("record_number"), *columns.values()])
        kept, bad, places = kept_and_bad(base, asked.values, is_good)
        names = SOURCE_TABLES[self.source.table].schema
        counts = asked.n_asked.clip(lower_bound=1)
        rejects = [] if bad is None else [reject_rows(bad)]
        if lost is not None:
            at = lost["row"]
            numbers = base["record_number"].gather(at)
            rejects.append(
                reject_rows(lost.with_columns(numbers, counts.gather(at).alias("n_rows")))
            )
        return Mapped(
            kept.select([n for n in names if n in kept.columns]),
            self._comments(base, texts, places),
            pl.concat(rejects) if rejects else pl.DataFrame(schema=SCHEMA),
            int(counts.sum() or 0),
            self._name_keys(texts),
        )

    def _one_touch_each(self, records: pl.DataFrame) -> pl.DataFrame:
        """A record for each part of a cell that lists several."""
        if self.source.table != "feedback_touches":
            return records
        for mapping in self.source.columns.values():
            if mapping.split is not None and mapping.column in self.found:
                name = self.found[mapping.column]
                parts = pl.col(name).cast(pl.String).str.split(mapping.split)
                records = records.with_columns(parts).explode(name)
        return records

    def _wording(self) -> dict[str, str] | None:
        """The wording of each column's question, unless the source tells it or has none."""
        if self.source.table != "employee_responses" or WORDING in self.source.columns:
            return None
        return {name: self.question_texts.get(own, own) for name, own in self.found.items()}

    def _text_of(
        self, name: str, mapping: ColumnMapping, texts: pl.DataFrame, numbers: pl.Series
    ) -> pl.Series:
        if mapping.column is not None and mapping.split is not None:
            return clean(texts[mapping.column].str.split(mapping.split).list.first(), [])
        if mapping.column is not None:
            return texts[mapping.column]
        if mapping.record_number:
            return f"{self.ids_begin}:" + numbers.cast(pl.String)
        return pl.Series([self.from_name.get(name, str(mapping.value))]).new_from_index(
            0, texts.height
        )

    def _columns(self, texts: pl.DataFrame, numbers: pl.Series) -> dict[str, pl.Series]:
        """The contract's columns that the program maps, and those that follow from them."""
        table = SOURCE_TABLES[self.source.table]
        columns: dict[str, pl.Series] = {}
        for name, mapping in self.source.columns.items():
            text, column = self._text_of(name, mapping, texts, numbers), table.mapped[name]
            if column.kind == "key":
                columns[name] = self.pseudonyms.keys(text, mapping.id_type or "")
                id_type = f"{name.removesuffix('_key')}_id_type"
                if id_type in table.schema:
                    kinds = pl.Series([mapping.id_type]).new_from_index(0, texts.height)
                    columns[id_type] = kinds.set(columns[name].is_null(), None)
                continue
            if mapping.recode:
                text = recode(text, mapping.recode)
            columns[name] = convert(text, column, mapping, self.source, self.zone, typed=self.typed)
            if column.kind == "text" and name not in OWN_IDS:
                columns[name] = without_addresses(columns[name])
            if name in LOCAL_DATES:
                moments = columns[name].dt.replace_time_zone("UTC")
                columns[LOCAL_DATES[name]] = moments.dt.convert_time_zone(self.zone).dt.date()
        return {name: column.alias(name) for name, column in columns.items()}

    def _left_out(self, records: pl.DataFrame, texts: pl.DataFrame) -> Iterator[Fault]:
        """Records that are left out on purpose."""
        if self.source.footnotes:
            first = begins_with(records[FIRST_CELL], self.source.footnotes)
            yield Fault(first, "filtered", None)
        yield Fault(reduce(and_, [t.is_null() for t in texts]), "blank_record", None)
        for rule in self.source.filters:
            yield Fault(
                is_left_out(rule, texts[rule.column].fill_null("")), "filtered", rule.column
            )

    def _faults(
        self, records: pl.DataFrame, texts: pl.DataFrame, columns: dict[str, pl.Series]
    ) -> Iterator[Fault]:
        """What can be wrong with a record, in the order in which it is told."""
        for name, mapping in self.source.columns.items():
            column = SOURCE_TABLES[self.source.table].mapped[name]
            text = self._text_of(name, mapping, texts, records[RECORD_NUMBER])
            where = mapping.column or name
            is_dated = mapping.formats or mapping.each
            dated = "bad_date" if is_dated else REASON_BY_KIND.get(column.kind)
            reason = "unknown_code" if mapping.recode else dated
            if reason == "bad_date" and mapping.ambiguous != "first":
                yield from self._ambiguous(records, text, mapping, where)
            if reason is not None:
                yield Fault(text.is_not_null() & columns[name].is_null(), reason, where)
            if column.required:
                yield Fault(text.is_null(), "missing_required", where)
            if name == "weight":
                is_weight = columns[name].is_between(0, LARGEST_WEIGHT).fill_null(value=True)
                yield Fault(~is_weight, "out_of_scale", where)
        if "valid_from" in columns and "valid_to" in columns:
            is_reversed = columns["valid_to"] < columns["valid_from"]
            where = self.source.columns["valid_to"].column or "valid_to"
            yield Fault(is_reversed.fill_null(value=False), "reversed_interval", where)

    def _ambiguous(
        self, records: pl.DataFrame, text: pl.Series, mapping: ColumnMapping, where: str
    ) -> Iterator[Fault]:
        """Dates that several formats read differently: rejects, or an error without a rule."""
        found = ambiguous(text, mapping)
        if found is None or not found.any():
            return
        if mapping.ambiguous == "reject":
            yield Fault(found, "ambiguous_date", where)
            return
        first = records[RECORD_NUMBER].filter(found)[0]
        raise SourceError(
            f"Source {self.source.name} cannot tell day from month in column {where!r}: several "
            f"of its formats read a date, each differently (first: record {first}).",
            mend="say which holds: `ambiguous: first` takes the first format that fits, "
            "`ambiguous: reject` leaves such records out",
        )

    def _no_rule(self, n_asked: pl.Series) -> Fault:
        names = [name for rule in self.source.values for name in rule.when or {}]
        return Fault(n_asked == 0, "no_rule", names[0] if names else None)

    def _comments(self, base: pl.DataFrame, texts: pl.DataFrame, places: pl.Series) -> pl.DataFrame:
        """One row per commented response or event, with its text redacted."""
        if self.source.comment is None:
            return pl.DataFrame(schema=COMMENTS.schema)
        written = texts[self.source.comment]
        has_row = pl.Series([False]).new_from_index(0, base.height).scatter(places, values=True)
        is_comment = has_row & written.is_not_null()
        records = base.with_columns(written.str.len_chars().alias("\x00length")).filter(is_comment)
        redactor = self.redactor or Redactor(self.pseudonyms)
        records = records.hstack(redactor.redact(written.filter(is_comment)))
        employee = self.source.table == "employee_responses"
        absent = pl.lit(None, pl.String)
        wave = pl.concat_str("survey", "wave", separator="/")
        parent = wave if employee else pl.col("feedback_id")
        language = pl.col("language") if "language" in records.columns else absent
        return records.select(
            "record_number",
            pl.lit("employee" if employee else "customer").alias("voice"),
            parent.alias("parent_key"),
            *(
                (pl.col(name) if employee else absent).alias(name)
                for name in ("survey", "wave", "respondent_key")
            ),
            language.alias("language"),
            pl.col("\x00length").cast(pl.Int64).alias("n_characters"),
            *REDACTED,
        )

    def _name_keys(self, texts: pl.DataFrame) -> pl.Series:
        """Keys of the words of names; the names themselves are not landed."""
        if not self.source.names:
            return pl.Series(dtype=pl.String)
        names = texts.select(self.source.names)
        keys = [self.pseudonyms.keys(words_of(names), NAME)]
        if self.source.initials:
            keys.append(self.pseudonyms.keys(initials_of(names), INITIALS))
        return pl.concat(keys)
