"""The `sources:` section: where records are read and how they become contract rows.

What belongs here: the words of a source and the checks that need nothing but the source itself.
What does not: its rules (program.rules), reading files (connectors) and checks across sections
(program.model).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from pipelines.contract import SOURCE_TABLES
from pipelines.program.base import Name, Section, SectionProblemsError
from pipelines.program.defaults import VOICE_OF_TABLE, of_source
from pipelines.program.rules import ColumnOrMapping, Filter, IdentifierRule, Pattern, ValueRule
from pipelines.program.sections import HARD_FLOOR

TableName = Literal[
    "employee_responses",
    "customer_feedback",
    "feedback_touches",
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
Retention = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2} (months|years)$")]
"""A number of months or years."""
DATED_TABLES = (
    "employee_responses",
    "customer_feedback",
    "invitations",
    "org_assignments",
    "person_identifiers",
)
"""Tables whose rows have a day from which they are old."""
SPLIT_TABLES = ("customer_feedback", "feedback_touches")
"""Tables whose records may name several teams or agents in one cell."""
SNAPSHOT_TABLES = ("org_assignments", "units")
"""Tables that a list of everybody, or of all units, can be made of."""

Format = Literal["csv", "tsv", "xlsx", "xls", "ods", "parquet", "json", "jsonl"]
HeaderRow = (
    Annotated[int, Field(ge=0)] | Annotated[list[Annotated[int, Field(ge=1)]], Field(min_length=1)]
)


class Source(Section):
    """One system or file format, and how its records become rows of one contract table."""

    name: Annotated[Name, Field(validate_default=False)] = ""
    """Name of the source in tables, messages and Dagster; default: its file's name, without what a
    pattern leaves open."""
    table: TableName
    """Contract table the records become rows of; it decides the grain."""
    connector: Literal["file"] = "file"
    """What reads the records."""
    location: str | list[str]
    """Path or glob, relative to the program's folder; ${CROSSVOICE_PUBLIC_DATA} and
    ${CROSSVOICE_HOME} are replaced."""
    format: Format | None = None
    """Default: by the file's ending. `xlsx` stands for any workbook (xlsx, xls, ods), `csv` for any
    text with a delimiter."""
    member: str | None = None
    """Which files inside a zip are read, as a pattern; default: all of a known format."""
    sheet: str | int = 1
    """Sheet of a workbook, by name or by position from 1; a pattern (`*`, `20*`) reads every sheet
    it fits, of one shape, but those whose name has not the shape of a `sheet_name`."""
    records: str | None = None
    """Where the list of records is in a JSON document, as a dotted path; default: at the top."""
    explode: str | None = None
    """A list inside each JSON record, as a dotted path: one record for each of its elements, with
    the other fields of the record."""
    header_row: HeaderRow = 1
    """Row of the sheet or file that holds the column names; 0: there is none. A list of rows is one
    header: names are joined, and an upper cell goes on to the right until the next."""
    skip_rows: int = Field(default=0, ge=0)
    """Rows right below the column names that are no records."""
    clean_headers: bool = True
    """Take trailing blanks and footnote digits off column names (`Response Rate1 `)."""
    optional: list[str] = Field(default_factory=list)
    """Columns that some files lack; they are blank there."""
    encoding: str | None = None
    """Encoding of a text file (utf-8, utf-16, latin-1, windows-1252, shift_jis, ...). Default: what
    a byte-order mark says, else utf-8; text that is not is read as windows-1252 if it looks so."""
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    """Character between two fields of a text file; default: what fits the file best of comma,
    semicolon, tab and pipe."""
    decimal: Literal[".", ","] = "."
    """Decimal mark of numbers written as text."""
    thousands: Literal[",", ".", " ", "'"] | None = None
    """Mark between groups of three digits; a blank stands for any kind of blank."""
    marks: list[Annotated[str, Field(min_length=1)]] = Field(default_factory=list)
    """Marks that stand behind numbers and are no part of them: `(p)`, `*`, `†`, `b`."""
    footnotes: list[Pattern] = Field(default_factory=list)
    """Rows that are no records (totals, notes under the table): regular expressions, any letter
    case, for the beginning of their first cell."""
    columns: dict[str, ColumnOrMapping] = Field(default_factory=dict)
    """Columns of the contract table and where each comes from."""
    values: list[ValueRule] = Field(default_factory=list)
    """Columns of the input that hold answers; one contract row for each."""
    identifiers: list[IdentifierRule] = Field(default_factory=list)
    """For person_identifiers: one row per person and identifier. In an org_assignments source: the
    same list also tells which identifiers are whose, as a source `<name>_identifiers`."""
    comment: str | None = None
    """Column that holds a comment; for employee_responses and customer_feedback."""
    names: list[str] = Field(default_factory=list)
    """Columns that hold names or nicknames of people: never landed, but their words are taken out
    of every comment of the program. Keyed hashes of the words are kept with the batch."""
    initials: bool = False
    """Also take out the initials of `names`, in their order (A.B. for Anna Berg)."""
    personal: list[str] = Field(default_factory=list)
    """Columns that hold personal data (addresses, IP addresses, coordinates): no other key of the
    source may use them but keys of people, so they are never landed."""
    promised: int | None = Field(default=None, ge=HARD_FLOOR)
    """People behind a shown score, as this survey promised them to those who answered. The program
    keeps the largest promise of each voice; a lower threshold is refused."""
    retention: Retention | None = None
    """How long rows are kept, such as `24 months`, by their own date; default: for ever."""
    missing: list[str] = Field(default_factory=list)
    """Codes (any letter case and width, any blanks) that mean: no answer."""
    suppressed: list[str] = Field(default_factory=list)
    """Codes that mean: withheld by the publisher; for unit_scores."""
    filters: list[Filter] = Field(default_factory=list)
    """Records to keep or to leave out."""
    snapshots: bool = False
    """For org_assignments and units: each `valid_from` is a day on which the whole staff, or all
    units, were listed; who is no longer listed has left or is closed. Lists turn into history."""
    required: bool = True
    """A failure stops publication; otherwise what was there before is published as stale."""
    max_rejected_share: float = Field(default=0.05, ge=0, le=1)
    """More unplanned rejects than this stop the source."""

    @model_validator(mode="before")
    @classmethod
    def _implied(cls, data: object) -> object:
        return of_source(data)

    @field_validator("encoding")
    @classmethod
    def _known_encoding(cls, encoding: str | None) -> str | None:
        try:
            is_text = encoding is None or "x".encode(encoding)
        except (LookupError, TypeError):
            is_text = False
        if not is_text:
            msg = f"unknown encoding {encoding!r}; use utf-8, utf-16, latin-1, windows-1252, ..."
            raise ValueError(msg)
        return encoding

    @field_validator("delimiter")
    @classmethod
    def _separates_fields(cls, delimiter: str | None) -> str | None:
        if delimiter is not None and (not delimiter.isascii() or delimiter in '"\r\n\0'):
            msg = (
                f"{delimiter!r} cannot separate fields: it must be one ASCII character, and no "
                "quotation mark or line end"
            )
            raise ValueError(msg)
        return delimiter

    @model_validator(mode="after")
    def _fits_its_table(self) -> Source:
        SectionProblemsError.raise_any(
            [*self._column_problems(), *self._table_problems(), *self._reading_problems()]
        )
        return self

    @property
    def header_rows(self) -> list[int]:
        """Rows of the column names, in order; empty when the file has none."""
        if isinstance(self.header_row, list):
            return sorted(self.header_row)
        return [self.header_row] if self.header_row else []

    @property
    def parts(self) -> list[Source]:
        """The source itself; a staff list with identifiers is two sources."""
        if self.table != "org_assignments" or not self.identifiers:
            return [self]
        as_list = {
            "name": f"{self.name[:48]}_identifiers",
            "table": "person_identifiers",
            "columns": {"employee_key": self.columns["employee_key"]},
            "snapshots": False,
            "retention": None,
            "names": [],
            "initials": False,
        }
        return [self.model_copy(update={"identifiers": []}), self.model_copy(update=as_list)]

    def _reading_problems(self) -> Iterator[str]:
        if not self.name:
            yield "`name` is missing: the file's name tells none"
        if self.thousands == self.decimal:
            yield f"`thousands` and `decimal` cannot both be {self.decimal!r}"
        for name, mapping in self.columns.items():
            if mapping.split is not None and self.table not in SPLIT_TABLES:
                yield f"`columns.{name}.split` is for {' and '.join(SPLIT_TABLES)}"
        if self.snapshots and self.table not in SNAPSHOT_TABLES:
            yield f"`snapshots` does not fit {self.table}; it is for {', '.join(SNAPSHOT_TABLES)}"
        elif self.snapshots and "valid_from" not in self.columns:
            yield "`snapshots` needs `columns.valid_from`: the day of each list"
        by_answer = [n for n, m in self.columns.items() if m.column_name is not None]
        counted = [rule for rule in self.values if rule.distribution is not None]
        if counted and (self.table != "unit_scores" or by_answer):
            yield "`distribution` is for unit_scores, without `column_name`"
        several = [rule for rule in self.values if rule.item is not None and len(rule.columns) > 1]
        if not all(rule in counted for rule in several) and not by_answer:
            yield ("`values`: `item` names one item; with several `columns` each column is its own")
        if by_answer and not all(rule.item for rule in self.values):
            yield (
                f"`columns.{by_answer[0]}` is taken from the names of the answers' columns, so "
                "every rule under `values` needs an `item`"
            )

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
            if mapping is not None and mapping.each is not None and column.kind != "text":
                yield f"`columns.{column.name}.each` is for columns of text, not of {column.kind}s"

    def _table_problems(self) -> Iterator[str]:
        table = SOURCE_TABLES[self.table]
        if self.identifiers and self.table not in ("person_identifiers", "org_assignments"):
            yield f"`identifiers` do not fit {self.table}, which is no list of people"
        if self.table == "person_identifiers":
            if not self.identifiers:
                yield "`identifiers` is missing: the columns that identify a person"
        elif table.has_values and not self.values:
            yield "`values` is missing: the columns that hold answers"
        elif not table.has_values and self.values:
            yield f"`values` do not fit {self.table}, which holds no answers"
        if self.table == "unit_scores" and any(rule.voice is None for rule in self.values):
            yield "every rule under `values` needs a `voice` (employee or customer)"
        yield from self._privacy_problems()
        if self.comment and self.table not in ("employee_responses", "customer_feedback"):
            yield f"`comment` does not fit {self.table}"

    def _privacy_problems(self) -> Iterator[str]:
        landed = {f"columns.{n}": m.column for n, m in self.columns.items() if m.id_type is None}
        landed |= {f"values.{c}": c for rule in self.values for c in rule.columns}
        for key, column in landed.items():
            if column in (*self.names, *self.personal):
                yield f"`{key}` would land {column!r}, which is declared as personal"
        if self.comment in self.personal:
            yield f"`comment` names {self.comment!r}, which is declared as personal"
        if self.promised and self.table not in VOICE_OF_TABLE:
            yield f"`promised` does not fit {self.table}, which holds no answers of one voice"
        if self.initials and not self.names:
            yield "`initials` needs `names`: the columns they are made from"
        if self.retention and self.table not in DATED_TABLES:
            yield f"`retention` does not fit {self.table}, whose rows have no day"

    @property
    def months_kept(self) -> int | None:
        """Months of `retention`."""
        if self.retention is None:
            return None
        number, unit = self.retention.split()
        return int(number) * (12 if unit == "years" else 1)
