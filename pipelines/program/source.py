"""The `sources:` section: where records are read and how they become contract rows.

What belongs here: the words of a source and the checks that need nothing but the source itself.
What does not: reading files (connectors) and checks across sections (program.model).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from pipelines.contract import SOURCE_TABLES
from pipelines.program.base import Name, Section, SectionProblemsError

TableName = Literal[
    "employee_responses",
    "customer_feedback",
    "unit_scores",
    "org_assignments",
    "person_identifiers",
    "units",
    "unit_aliases",
    "unit_lineage",
    "invitations",
    "actions",
    "outcomes",
]
Direction = Literal["higher", "lower"]


class Scale(Section):
    """The ends of a question's scale, on which values outside are rejected."""

    min: float
    """Lowest possible answer."""
    max: float
    """Highest possible answer."""

    @model_validator(mode="after")
    def _ordered(self) -> Scale:
        if self.max <= self.min:
            msg = f"max ({self.max:g}) must be greater than min ({self.min:g})"
            raise ValueError(msg)
        return self


class ColumnMapping(Section):
    """How one contract column is filled: from a column of the input, or with one value.

    A plain text in the YAML is short for `{column: text}`.
    """

    column: str | None = None
    """Column of the input."""
    value: str | float | bool | None = None
    """The same value for every record."""
    recode: dict[str, str] | None = None
    """Codes of the input (any letter case) and what they mean; an unlisted code is rejected."""
    format: str | list[str] | None = None
    """Date format or formats, strptime directives, tried in this order; default ISO 8601."""
    time_zone: str | None = None
    """Zone of timestamps that carry none; default UTC. `local` means the program's zone."""
    last_day_included: bool = False
    """A `valid_to` names the last day the row holds, not the first day it no longer does."""
    id_type: Name | None = None
    """Kind of identifier (email, agent, ...), for key columns."""

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMapping:
        if (self.column is None) == (self.value is None):
            msg = "give either `column` or `value`"
            raise ValueError(msg)
        return self


def _long_form(mapping: object) -> object:
    return {"column": mapping} if isinstance(mapping, str) else mapping


ColumnOrMapping = Annotated[
    ColumnMapping, BeforeValidator(_long_form, json_schema_input_type=str | ColumnMapping)
]
"""A mapping, or the plain text that is short for it."""


class ValueRule(Section):
    """Which columns hold answers, and what they answer.

    Wide files list one column per question; long files one column and a `when:`.
    """

    columns: Annotated[list[str], Field(min_length=1)]
    """Columns of the input that hold the value."""
    item: Name | None = None
    """Code the metrics use; default: the column's own name. Needs a single column."""
    when: dict[str, str | list[str]] | None = None
    """Other columns and the text (any letter case) they must hold for the rule to apply."""
    scale: Scale
    """Ends of the question's scale."""
    direction: Direction = "higher"
    """Which end of the scale is good."""
    kind: Literal["nps", "csat", "ces", "stars", "scale"] = "scale"
    """Question kind, for customer feedback."""
    voice: Literal["employee", "customer"] | None = None
    """Whose score it is; needed for unit_scores."""
    recode: dict[str, float] | None = None
    """Labels (any letter case) and their score; other text must be a number."""

    @model_validator(mode="after")
    def _item_of_one_column(self) -> ValueRule:
        if self.item is not None and len(self.columns) > 1:
            msg = "`item` names one item; with several `columns` each column is its own item"
            raise ValueError(msg)
        return self


class IdentifierRule(Section):
    """A column that identifies a person, and by which kind of identifier."""

    column: str
    """Column of the input."""
    id_type: Name
    """Kind of identifier (email, agent, ...)."""


class Filter(Section):
    """Records to keep or to leave out by the text (any letter case) of one column."""

    column: str
    """Column of the input."""
    keep: list[str] | None = None
    """Only records with one of these texts are used."""
    drop: list[str] | None = None
    """Records with one of these texts are left out."""

    @model_validator(mode="after")
    def _one_side(self) -> Filter:
        if (self.keep is None) == (self.drop is None):
            msg = "give either `keep` or `drop`"
            raise ValueError(msg)
        return self


class Source(Section):
    """One system or file format, and how its records become rows of one contract table."""

    name: Name
    """Name of the source in tables, messages and Dagster."""
    table: TableName
    """Contract table the records become rows of; it decides the grain."""
    connector: Literal["file"] = "file"
    """What reads the records."""
    location: str | list[str]
    """Path or glob, relative to the program's folder; ${CROSSVOICE_PUBLIC_DATA} and
    ${CROSSVOICE_HOME} are replaced."""
    format: Literal["csv", "tsv", "xlsx", "parquet"] | None = None
    """Default: by the file's ending."""
    sheet: str | int = 1
    """Sheet of a workbook, by name or by position from 1."""
    header_row: int = Field(default=1, ge=1)
    """Row of the sheet or file that holds the column names."""
    clean_headers: bool = True
    """Take trailing blanks and footnote digits off column names (`Response Rate1 `)."""
    encoding: Literal["utf-8", "utf-16", "latin-1", "windows-1252"] = "utf-8"
    """Encoding of a text file."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """Character between two fields of a text file; default: comma, tab for tsv."""
    columns: dict[str, ColumnOrMapping] = Field(default_factory=dict)
    """Columns of the contract table and where each comes from."""
    values: list[ValueRule] = Field(default_factory=list)
    """Columns of the input that hold answers; one contract row for each."""
    identifiers: list[IdentifierRule] = Field(default_factory=list)
    """For person_identifiers: one row per person and identifier."""
    comment: str | None = None
    """Column that holds a comment; for employee_responses and customer_feedback."""
    missing: list[str] = Field(default_factory=list)
    """Codes (any letter case) that mean: no answer."""
    suppressed: list[str] = Field(default_factory=list)
    """Codes that mean: withheld by the publisher; for unit_scores."""
    filters: list[Filter] = Field(default_factory=list)
    """Records to keep or to leave out."""
    required: bool = True
    """A failure stops publication; otherwise what was there before is published as stale."""
    max_rejected_share: float = Field(default=0.05, ge=0, le=1)
    """More unplanned rejects than this stop the source."""

    @model_validator(mode="after")
    def _fits_its_table(self) -> Source:
        SectionProblemsError.raise_any([*self._column_problems(), *self._table_problems()])
        return self

    def _column_problems(self) -> Iterator[str]:
        table = SOURCE_TABLES[self.table]
        for name in self.columns:
            if name not in table.mapped:
                yield (
                    f"`columns.{name}` is not a column of {self.table}; "
                    f"allowed: {', '.join(table.mapped)}"
                )
        for column in table.mapped.values():
            mapping = self.columns.get(column.name)
            if mapping is None and column.required:
                yield f"`columns.{column.name}` is missing: {column.description}"
            if mapping is not None and column.kind == "key" and mapping.id_type is None:
                yield f"`columns.{column.name}` needs an `id_type` (email, employee_id, ...)"

    def _table_problems(self) -> Iterator[str]:
        table = SOURCE_TABLES[self.table]
        if self.table == "person_identifiers":
            if not self.identifiers:
                yield "`identifiers` is missing: the columns that identify a person"
        elif table.has_values and not self.values:
            yield "`values` is missing: the columns that hold answers"
        elif not table.has_values and self.values:
            yield f"`values` do not fit {self.table}, which holds no answers"
        if self.table == "unit_scores" and any(rule.voice is None for rule in self.values):
            yield "every rule under `values` needs a `voice` (employee or customer)"
        if self.comment and self.table not in ("employee_responses", "customer_feedback"):
            yield f"`comment` does not fit {self.table}"
