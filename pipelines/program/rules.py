"""The rules of a source: what a column of the input is, and which records count.

What belongs here: one section per rule, with its words and their defaults. What does not: the
source they belong to (program.source) and how they are applied (connectors).
"""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from pipelines.program.base import Name, Section
from pipelines.spelling import same

Direction = Literal["higher", "lower"]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        msg = f"{pattern!r} is not a regular expression: {error}"
        raise ValueError(msg) from None
    if re.search(r"\(\?<?[=!]|\\[1-9]", pattern):
        msg = f"{pattern!r}: look-around and back references cannot be used here"
        raise ValueError(msg)
    return pattern


def _one_group(pattern: str) -> str:
    if re.compile(_compiles(pattern)).groups != 1:
        msg = f"{pattern!r} needs one pair of parentheses, around the text that is wanted"
        raise ValueError(msg)
    return pattern


def _known_locale(language: str) -> str:
    from babel import Locale, UnknownLocaleError  # noqa: PLC0415 - only where months are named

    try:
        Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        msg = f"{language!r} is no language; use a code like de, fr, es, pt-BR"
        raise ValueError(msg) from None
    return language


def _read_dates(formats: str | list[str] | None) -> str | list[str] | None:
    import polars as pl  # noqa: PLC0415 - only where formats are declared

    for wanted in [formats] if isinstance(formats, str) else formats or []:
        try:
            pl.Series([""]).str.to_datetime(wanted, strict=False, time_unit="us", time_zone="UTC")
        except pl.exceptions.PolarsError as error:
            msg = (
                f"{wanted!r} cannot be read: a time of day needs hours and minutes (%H:%M), with "
                "%p where the hours are %I"
            )
            raise ValueError(msg) from error
    return formats


Pattern = Annotated[str, AfterValidator(_compiles)]
"""A regular expression."""


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


class AnswerScale(NamedTuple):
    """The scale an item was asked on."""

    low: float
    high: float
    is_lower_better: bool

    def is_parted_at(self, last: float) -> bool:
        """Whether answers lie on both sides, if those from the good end to `last` are one side."""
        if self.is_lower_better:
            return self.low <= last < self.high
        return self.low < last <= self.high


class ColumnMapping(Section):
    """How one contract column is filled: from a column of the input, from the file's name, or with
    one value.

    A plain text in the YAML is short for `{column: text}`.
    """

    column: str | None = None
    """Column of the input."""
    value: str | float | bool | None = None
    """The same value for every record."""
    file_name: Annotated[str, AfterValidator(_one_group)] | None = None
    """Taken from the file's name: a regular expression with one pair of parentheses around it. In a
    zip the names of the files inside come first."""
    column_name: Annotated[str, AfterValidator(_one_group)] | None = None
    """Taken from the name of the answer's own column (`NPS 2024`): a regular expression likewise;
    for files with a column for each period."""
    sheet_name: Annotated[str, AfterValidator(_one_group)] | None = None
    """Taken from the name of the sheet, likewise; for `sheet: "*"`."""
    record_number: bool = False
    """An id made of the file's content and the record's number, for exports without one."""
    recode: Annotated[dict[str, str] | None, AfterValidator(_each_code_once)] = None
    """Codes of the input (any letter case) and what they mean; an unlisted code is rejected."""
    format: Annotated[str | list[str] | None, AfterValidator(_read_dates)] = None
    """Date format or formats: strptime directives, or `excel`, `excel_1904`, `epoch`, `epoch_ms`;
    default ISO 8601. A part that is left out (day, month) is the first."""
    ambiguous: Literal["first", "reject"] | None = None
    """What a date is that several formats read differently (03/04/2025): as the `first` of them
    reads it, or a reject. Without it such a date stops the source."""
    language: Annotated[str, AfterValidator(_known_locale)] | None = None
    """Language of month names in dates: de, fr, es, pt-BR; ja also reads the years of eras
    (令和6年, R6)."""
    time_zone: str | None = None
    """Zone of timestamps that carry none; default UTC, but a day without a time stays that day.
    `local` means the program's zone."""
    each: Literal["week", "month", "quarter", "year"] | None = None
    """The calendar period a date lies in, by its id (2025-03, 2025-Q1), for text columns: a `wave`
    of an export that only dates its answers."""
    last_day_included: bool = False
    """A `valid_to` names the last day the row holds, not the first day it no longer does."""
    id_type: Name | None = None
    """Kind of identifier (email, agent, ...), for key columns. Default: employee_id for employees,
    respondents and managers, customer for customers, agent for agents."""
    split: Annotated[str, Field(min_length=1)] | None = None
    """What stands between several teams or agents in one cell: feedback_touches has a row for each,
    customer_feedback takes the first."""

    @model_validator(mode="after")
    def _one_origin(self) -> ColumnMapping:
        origins = (self.column, self.value, self.file_name, self.column_name, self.sheet_name,
                   self.record_number or None)  # fmt: skip
        if sum(origin is not None for origin in origins) != 1:
            msg = (
                "give one of `column`, `value`, `file_name`, `column_name`, `sheet_name` and "
                "`record_number`"
            )
            raise ValueError(msg)
        return self

    @property
    def formats(self) -> list[str]:
        """The declared date formats, in their order."""
        return [self.format] if isinstance(self.format, str) else list(self.format or [])


def _each_code_once(codes: dict[str, Any] | None) -> dict[str, Any] | None:
    """Spellings of one code that mean different things: only one of them could be followed."""
    told: dict[str, tuple[str, Any]] = {}
    for code, meaning in (codes or {}).items():
        first, meant = told.setdefault(same(code), (code, meaning))
        if meant != meaning:
            both = [f"{m:g}" if isinstance(m, float) else repr(m) for m in (meant, meaning)]
            msg = (
                f"{first!r} and {code!r} are one code (letter case, width and blanks do not "
                f"count) and mean {both[0]} and {both[1]}; leave one of them out"
            )
            raise ValueError(msg)
    return codes


def _long_form(mapping: object) -> object:
    return {"column": mapping} if isinstance(mapping, str) else mapping


ColumnOrMapping = Annotated[
    ColumnMapping, BeforeValidator(_long_form, json_schema_input_type=str | ColumnMapping)
]
"""A mapping, or the plain text that is short for it."""


def item_code(column: str) -> str:
    """The item a column's name stands for: plain lower-case letters, digits and `_`; may be empty.

    >>> item_code("Q1"), item_code("Größe (m²)"), item_code("2. Stolz"), item_code("満足度")
    ('q1', 'grosse_m2', 'q2_stolz', '')
    """
    plain = unicodedata.normalize("NFKD", column.replace("ß", "ss")).lower()
    code = re.sub(r"[^a-z0-9]+", "_", plain.encode("ascii", "ignore").decode()).strip("_")[:58]
    return f"q{code}" if code[:1].isdigit() else code


class ValueRule(Section):
    """Which columns hold answers, and what they answer.

    Wide files list one column per question; long files one column and a `when:`; published counts
    of each answer are a `distribution`.
    """

    columns: Annotated[list[str], Field(min_length=1)] = Field(default_factory=list)
    """Columns of the input that hold the value."""
    distribution: Annotated[dict[str, float], Field(min_length=2)] | None = None
    """In the place of `columns`, for unit_scores: columns that hold how many (or what share) gave
    each answer, and the score of that answer. The mean of all answers is the value."""
    item: Name | None = None
    """Code the metrics use; default: the column's own name in lower case, with `_` for all that is
    no letter or digit. Needs a single column, unless `column_name` tells them apart."""
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
    recode: Annotated[dict[str, float] | None, AfterValidator(_each_code_once)] = None
    """Labels (any letter case, width and blanks) and their score; other text must be a number."""
    missing: list[str] = Field(default_factory=list)
    """Codes that mean: no answer, for these columns only; besides the source's `missing`."""

    @model_validator(mode="before")
    @classmethod
    def _of_columns_or_counts(cls, data: object) -> object:
        if not isinstance(data, dict):
            return data
        counts = data.get("distribution")
        if counts is None and "columns" not in data:
            msg = "`columns` is missing: the columns that hold answers (or give a `distribution`)"
            raise ValueError(msg)
        return {"columns": list(counts), **data} if isinstance(counts, dict) else data

    @model_validator(mode="after")
    def _item_has_a_name(self) -> ValueRule:
        if self.distribution is not None:
            if self.columns != list(self.distribution):
                msg = "give `columns` or a `distribution`, not both"
                raise ValueError(msg)
            scores = self.distribution.values()
            is_off = min(scores) < self.scale.min or max(scores) > self.scale.max
            if self.item is None or self.recode or is_off:
                msg = "a `distribution` needs an `item` and scores on its `scale`, and no `recode`"
                raise ValueError(msg)
        nameless = [c for c in self.columns if self.item is None and not item_code(c)]
        if nameless:
            msg = f"`columns`: {nameless[0]!r} has no Latin letters or digits; give it an `item`"
            raise ValueError(msg)
        return self

    def item_of(self, column: str) -> str:
        """Code of the item one of the rule's columns holds."""
        return self.item or item_code(column)


class IdentifierRule(Section):
    """A column that identifies a person, and by which kind of identifier."""

    column: str
    """Column of the input."""
    id_type: Name
    """Kind of identifier (email, agent, ...)."""


class Filter(Section):
    """Records to keep or to leave out by the text of one column."""

    column: str
    """Column of the input."""
    keep: list[str] | None = None
    """Only records with one of these texts (any letter case) are used; "" is a blank."""
    drop: list[str] | None = None
    """Records with one of these texts are left out."""
    keep_matching: Pattern | None = None
    """Only records are used whose text begins with this regular expression (any letter case)."""
    drop_matching: Pattern | None = None
    """Records whose text begins with this regular expression are left out."""

    @model_validator(mode="after")
    def _one_side(self) -> Filter:
        sides = (self.keep, self.drop, self.keep_matching, self.drop_matching)
        if sum(side is not None for side in sides) != 1:
            msg = "give one of `keep`, `drop`, `keep_matching` and `drop_matching`"
            raise ValueError(msg)
        return self
