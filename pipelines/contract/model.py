"""What a contract table is: columns with a kind, a meaning and an origin.

What belongs here: the types and the column groups several tables share. What does not: the tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["text", "key", "timestamp", "date", "double", "integer", "boolean"]

SQL_TYPES: dict[Kind, str] = {
    "text": "varchar",
    "key": "varchar",
    "timestamp": "timestamp",
    "date": "date",
    "double": "double",
    "integer": "bigint",
    "boolean": "boolean",
}


def dtypes() -> dict[Kind, pl.DataType]:
    """Polars type of each kind; the library is imported on call, so that words cost nothing."""
    import polars as pl  # noqa: PLC0415 - reading a program needs the contract's words only

    return {
        "text": pl.String(),
        "key": pl.String(),
        "timestamp": pl.Datetime("us"),
        "date": pl.Date(),
        "double": pl.Float64(),
        "integer": pl.Int64(),
        "boolean": pl.Boolean(),
    }


@dataclass(frozen=True)
class Column:
    """One column of a contract table.

    `origin` says who fills it: `mapping` (the program's `columns:`), `value` (the program's
    `values:`, one row each), or `landing` (provenance, filled for every row).
    """

    name: str
    kind: Kind
    description: str
    required: bool = False
    origin: Literal["mapping", "value", "landing"] = "mapping"


@dataclass(frozen=True)
class ContractTable:
    """One table of the contract: its grain in words, its columns, what makes two rows the same."""

    name: str
    grain: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> dict[str, pl.DataType]:
        """Column name to Polars type, in table order."""
        types = dtypes()
        return {column.name: types[column.kind] for column in self.columns}

    @property
    def mapped(self) -> dict[str, Column]:
        """The columns a program's `columns:` may name."""
        return {c.name: c for c in self.columns if c.origin == "mapping"}

    @property
    def has_values(self) -> bool:
        """True when rows are made by the program's `values:` (or `identifiers:`) rules."""
        return any(c.origin == "value" for c in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when the table has none."""
        return next(c for c in self.columns if c.name == name)


def landing() -> tuple[Column, ...]:
    return (
        Column("source", "text", "Name of the source in program.yaml.", True, "landing"),
        Column("batch", "text", "Landed batch the row came in with.", True, "landing"),
        Column(
            "input", "text", "File the row came from, below the source's folder.", True, "landing"
        ),
        Column("record_number", "integer", "Record of the input, counted from 1.", True, "landing"),
    )


def scale() -> tuple[Column, ...]:
    return (
        Column("score_raw", "double", "Answer on the question's own scale; null: blank.",
               origin="value"),
        Column("scale_min", "double", "Lowest value of the question's scale.", True, "value"),
        Column("scale_max", "double", "Highest value of the question's scale.", True, "value"),
        Column("direction", "text", "higher or lower: which end of the scale is good.", True,
               "value"),
    )  # fmt: skip


def references() -> tuple[Column, ...]:
    return (
        Column("team_ref", "text", "Team as the source writes it."),
        Column("location_ref", "text", "Location as the source writes it."),
    )


def validity() -> tuple[Column, ...]:
    return (
        Column("valid_from", "date", "First day the row holds; null: always."),
        Column("valid_to", "date", "First day the row no longer holds; null: still holds."),
    )
