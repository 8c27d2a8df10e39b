"""The numbers that the tables of an audience tell, and of whom.

What belongs here: looking a number up as it is written. What does not: where it was found.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property

import polars as pl

from pipelines.audit.code_words import words_of
from pipelines.audit.evidence import Evidence
from pipelines.audit.pages import NUMBER, Row, writes_commas

LEVELS = ("unit", "team", "location", "region")
SCORE_DECIMALS = 1
"""Decimals of scores; a mean over released rows is shown with as many."""
WORDS_DIGITS = 2
"""Digits of numbers in words: a bound of a p-value, a usual correlation, a target of one's own."""
MOST_DIGITS, MOST_DECIMALS = 4, 2
"""Digits of what charts work out from released rows: a line, its band, the place of a point."""
DUST = 1e-9


class Told:
    """What the tables of one audience tell; of "" those that everybody may see."""

    def __init__(
        self, evidence: Evidence, audience: str, numbers: dict[str, _Numbers] | None = None
    ) -> None:
        """`numbers`: of tables met before, by name; what is new is put beside them."""
        folder = evidence.folder / (audience or "shared") / "parquet"
        names = [p.stem for p in folder.glob("*.parquet")]
        self._tables: Mapping[str, pl.DataFrame] = {n: evidence.tables[n] for n in names}
        known = {} if numbers is None else numbers
        self._numbers = [known.setdefault(n, _Numbers(evidence.tables[n])) for n in names]
        report = evidence.folder / "report.html"
        self.comma = report.exists() and writes_commas(report.read_text("utf-8"))
        """Whether the release is in a language that writes 0,5."""

    def untold(self, row: Row) -> str | None:
        """The first number of a row that no table tells, or none tells of whom the row is about."""
        about = self._about(row)
        for number in row.numbers:
            if about is not None:
                is_told = _is_among(about, number)
            else:
                is_told = _is_coarse(number, row) or _is_among(self._all, number)
            if not is_told:
                return number
        return None

    def named_in(self, text: str) -> set[str]:
        """Units whose ids stand in a text, if ids are more than plain words and numbers."""
        telling = {i for i in self._ids if re.search(r"[^A-Za-z]", i) and re.search(r"\D", i)}
        return telling & words_of(text)

    def _about(self, row: Row) -> list[float] | None:
        """Numbers told of the finest group and the period a row names; None if it names neither."""
        periods = [t for t in row.texts if t in self._periods]
        if not periods:
            return None
        for level in LEVELS:
            groups = [
                t
                for i, t in enumerate(row.texts)
                if t in self._names[level] and self._is_named(t, i, row)
            ]
            if groups:
                return sorted(
                    n
                    for group in groups
                    for unit in self._names[level][group]
                    for period in periods
                    for told in self._numbers
                    for n in told.of.get((level, unit, period), ())
                )
        return None

    def _is_named(self, text: str, place: int, row: Row) -> bool:
        """Whether a text of a row that names a period names a group as well.

        A text is one thing only: not the period itself, nor a metric. A plain number names a group
        at the beginning of a written row: elsewhere it counts something, as the 20 of 20 stores
        that are called 1 to 20. Behind a chart numbers are no texts, so a text is a name.
        """
        is_count = place > 0 and not row.is_drawn and NUMBER.fullmatch(text)
        if is_count or text in self._metrics:
            return False
        return any(t in self._periods for t in row.texts if t != text)

    @cached_property
    def _metrics(self) -> set[str]:
        metrics = self._tables.get("dim_metrics")
        if metrics is None or "metric_label" not in metrics.columns:
            return set()
        return set(metrics["metric_label"].to_list())

    @cached_property
    def _periods(self) -> set[str]:
        periods = self._tables.get("periods")
        return set() if periods is None else set(periods["period_id"].to_list())

    @cached_property
    def _names(self) -> Mapping[str, Mapping[str, set[str]]]:
        """Level -> id or name -> ids."""
        found: dict[str, dict[str, set[str]]] = {level: defaultdict(set) for level in LEVELS}
        units = self._tables.get("dim_units")
        for row in [] if units is None else units.iter_rows(named=True):
            for level in LEVELS:
                unit = row.get(f"{level}_id")
                for name in (unit, row.get(f"{level}_name")):
                    if unit is not None and name is not None:
                        found[level][name].add(unit)
        return found

    @cached_property
    def _ids(self) -> set[str]:
        return set(self._names["unit"])

    @cached_property
    def _all(self) -> list[float]:
        return sorted(set().union(*(t.all for t in self._numbers)))


class _Numbers:
    """The numbers of one table, and of whom it tells them; audiences share tables."""

    def __init__(self, table: pl.DataFrame) -> None:
        self._table = table

    @cached_property
    def of(self) -> Mapping[tuple[str, str, str], list[float]]:
        """Level, unit and period -> numbers told of them."""
        table = self._table
        found: dict[tuple[str, str, str], list[float]] = defaultdict(list)
        numbers = [c for c, kind in table.schema.items() if kind.is_numeric()]
        if not numbers or "unit_id" not in table.columns or "period_id" not in table.columns:
            return found
        level = pl.col("unit_level") if "unit_level" in table.columns else pl.lit("unit")
        values = pl.concat_list(pl.col(numbers).cast(pl.Float64).abs()).list.drop_nulls()
        for *key, told in table.select(level, "unit_id", "period_id", values).iter_rows():
            found[key[0], key[1], key[2]] += told
        return found

    @cached_property
    def all(self) -> set[float]:
        """Every number, and every decimal number in a text."""
        found: set[float] = set()
        for column in self._table.iter_columns():
            if column.dtype.is_numeric():
                found.update(abs(float(v)) for v in column.drop_nulls().unique())
            elif column.dtype == pl.String:
                words = column.drop_nulls().unique().str.extract_all(r"\d+\.\d+")
                found.update(float(v) for v in words.explode().drop_nulls())
        return found


def _is_among(told: list[float], number: str) -> bool:
    """Whether a number as written is one of the told ones, rounded; as it is or in per cent."""
    decimals = len(number.partition(".")[2])
    for scale in (1.0, 100.0):
        value, slack = float(number) / scale, (0.5 * 10.0**-decimals) / scale + DUST
        at = bisect_left(told, value - slack)
        if at < len(told) and told[at] <= value + slack:
            return True
    return False


def _is_coarse(number: str, row: Row) -> bool:
    """Whether a number has no more digits than what may be worked out from released rows."""
    whole, _, decimals = number.partition(".")
    significant = (whole + decimals).lstrip("0")
    if not row.is_drawn:
        return len(decimals) <= SCORE_DECIMALS or len(significant) <= WORDS_DIGITS
    return len(decimals) <= MOST_DECIMALS or len(significant) <= MOST_DIGITS
