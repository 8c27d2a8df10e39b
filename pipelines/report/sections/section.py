"""What a section is: a question, its answer in words, charts, tables, and refusals as content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipelines.report.catalogue import Catalogue
from pipelines.report.charts.chart import Chart
from pipelines.report.published import Published, Row


@dataclass(frozen=True)
class Column:
    """A column of a table on the page; `kind` says how its values are written."""

    key: str
    heading: str
    kind: str = "text"


@dataclass(frozen=True)
class Table:
    """Numbers behind a chart, each cell with its published value."""

    source: str
    """The published table the rows are from."""
    columns: Sequence[Column]
    rows: Sequence[Row]


@dataclass(frozen=True)
class Refusal:
    """What could not be answered, and what would be needed."""

    sentence: str
    needed: str
    code: str


@dataclass(frozen=True)
class Section:
    """One question of the report and all that answers it."""

    name: str
    title: str
    says: Sequence[str] = ()
    """Sentences, the answer first."""
    charts: Sequence[Chart] = ()
    tables: Sequence[Table] = ()
    how_to_read: str = ""
    refusals: Sequence[Refusal] = ()
    warnings: Sequence[str] = ()
    template: str = "section"
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What every section is made from."""

    published: Published
    text: Catalogue

    def column(self, key: str, kind: str = "text") -> Column:
        """A column with its heading in the report's language."""
        return Column(key, self.text(f"column.{key}"), kind)

    def columns(self, kinds: Mapping[str, str]) -> list[Column]:
        """Columns by key and kind."""
        return [self.column(key, kind) for key, kind in kinds.items()]

    def refusals(self, rows: Iterable[Row]) -> list[Refusal]:
        """The refused among these rows, each code once, with the next step of its guard."""
        found: dict[str, Refusal] = {}
        for row in rows:
            if row.get("verdict") != "refused" or row["guard_code"] in found:
                continue
            found[row["guard_code"]] = self.refusal(row)
        return list(found.values())

    def refusal(self, row: Row) -> Refusal:
        """One refused row as content."""
        guards = self.published.guards(row["question_id"])
        guard = next((g for g in guards if g["code"] == row["guard_code"]), None)
        needed = self.guard_words(guard) if guard else ""
        return Refusal(self.text.sentence(row), needed, row["guard_code"] or "")

    def guard_words(self, guard: Row) -> str:
        """Message of a guard and the next step."""
        return self.text.guard(guard)

    def warnings(self, question_id: str) -> list[str]:
        """Warnings of a question, in words."""
        return [
            self.guard_words(guard)
            for guard in self.published.guards(question_id)
            if guard["severity"] == "warn"
        ]

    def value(self, row: Row, digits: int = 2) -> str:
        """An estimate with its interval, or why there is none."""
        if row.get("estimate") is None:
            return self.text("row.refused")
        shown = self.text.number(row["estimate"], digits)
        if row.get("conf_low") is None and row.get("conf_shape") != "unbounded":
            return shown
        return f"{shown}  ({self.text.interval(row, digits)})"

    def interval_row(self, row: Row, label: str, style: str, digits: int = 2) -> Row:
        """An estimate as a row of an interval chart."""
        bounded = row.get("conf_shape") in (None, "bounded")
        return {
            "label": label, "value": self.value(row, digits), "style": style,
            "estimate": row.get("estimate"),
            "low": row.get("conf_low") if bounded else None,
            "high": row.get("conf_high") if bounded else None,
        }  # fmt: skip


POINTS = "points"
"""Unit of measure of scores from 0 to 100."""
ESTIMATE_COLUMNS = {
    "what": "text", "estimate": "number", "conf_low": "number", "conf_high": "number",
    "n_units": "count", "verdict": "verdict", "guard_code": "code",
}  # fmt: skip
