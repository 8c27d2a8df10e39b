"""What a report may read: the published tables of one audience, from its Parquet files.

What belongs here: reading those tables, and finding the primary question in them. What does not:
the private warehouse; nothing in this package opens it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.publishing.audiences import AUDIENCES

Row = dict[str, Any]


@dataclass(frozen=True)
class Published:
    """The tables of one audience's file, by name."""

    tables: Mapping[str, pl.DataFrame]

    @property
    def publication(self) -> Row:
        """The one row about the release itself."""
        return self.tables["publication"].row(0, named=True)

    @property
    def estimates(self) -> pl.DataFrame:
        """All released estimates."""
        return self.tables["linkage_estimates"]

    @cached_property
    def primary(self) -> Row | None:
        """A row of the primary question; None when the program declares no question."""
        found = self.estimates.filter("primary")
        return found.row(0, named=True) if found.height else None

    def answers(self, estimand: str, *, all_pairs: bool = False, **wanted: Any) -> list[Row]:
        """Estimate rows of an estimand, of the primary pair and window unless `all_pairs`."""
        rows = self.estimates.filter(pl.col("estimand") == estimand)
        if not all_pairs and self.primary is not None:
            # a question that pools periods stands beside a primary one of a single period
            for key in ("x_measure", "y_measure"):
                rows = rows.filter(pl.col(key) == self.primary[key])
            same = rows.filter(pl.col("window_id") == self.primary["window_id"])
            rows = same if same.height else rows
        for key, value in wanted.items():
            rows = rows.filter(pl.col(key).eq_missing(pl.lit(value)))
        return rows.to_dicts()

    def companion(self, name: str) -> list[Row]:
        """Rows of a table beside the estimates, of the primary pair."""
        if self.primary is None or name not in self.tables:
            return []
        pair = {k: self.primary[k] for k in ("x_measure", "y_measure")}
        table = self.tables[name]
        return table.filter(*(pl.col(k) == v for k, v in pair.items())).to_dicts()

    def guards(self, question_id: str) -> list[Row]:
        """Guards of one question, each code once, gravest first as the table has them."""
        table = self.tables["linkage_guards"].filter(pl.col("question_id") == question_id)
        return table.unique("code", keep="first", maintain_order=True).to_dicts()


def read_published(folder: Path, audience: str) -> Published:
    """The tables of `<folder>/<audience>`, a candidate or a release, which may be an older one."""
    files = sorted((folder / audience / "parquet").glob("*.parquet"))
    return Published({f.stem: pl.read_parquet(f) for f in files if f.stem in AUDIENCES[audience]})
