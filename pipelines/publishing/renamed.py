"""What the cells of an earlier release are called today.

What belongs here: metrics, periods and places that came back under another id. What does not: what
follows from the cells (privacy.earlier, privacy.joined).

Under another id the same total could be told twice, one answer apart, and nobody would compare the
two. A metric is the same if it is made of the same items in the same way, a period if it has the
same days, a place if its code is gone and another code bears its name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import duckdb
import polars as pl

from pipelines.publishing.metric_answers import metric_catalogue

PLACES = ("team", "location", "region")
DIMENSIONS = ("dim_metrics", "periods", "dim_units", "dim_locations")
"""Tables that tell what an id means."""
_METRIC = ("voice", "metric_kind", "items", "top_box_from")
Renames = dict[str, str]


@dataclass(frozen=True)
class Meanings:
    """What the ids of one release mean: a metric's answers, a period's days, a place's name."""

    metrics: Mapping[str, Hashable]
    periods: Mapping[str, Hashable]
    places: Mapping[str, Mapping[str, str]]
    units: Mapping[str, tuple[str | None, str | None]]
    """Unit -> team and location."""

    @classmethod
    def of(cls, tables: Mapping[str, pl.DataFrame]) -> Meanings:
        """From DIMENSIONS; a release made before items were told means nothing by its metrics."""
        metrics, units = tables["dim_metrics"], tables["dim_units"]
        if not set(_METRIC) <= set(metrics.columns):
            metrics = metrics.clear().with_columns(pl.lit(None).alias(c) for c in _METRIC)
        named = {"team": units, "location": tables["dim_locations"]}
        return cls(
            {i: tuple(m) for i, *m in metrics.select("metric_id", *_METRIC).iter_rows()},
            {i: tuple(d) for i, *d in
             tables["periods"].select("period_id", "period_start", "period_end").iter_rows()},
            {level: _names(named.get(level, tables["dim_locations"]), level) for level in PLACES},
            {u: (t, at) for u, t, at in
             units.select("unit_id", "team_id", "location_id").iter_rows()},
        )  # fmt: skip

    @classmethod
    def of_today(cls, con: duckdb.DuckDBPyConnection) -> Meanings:
        """From the marts of this run."""
        tables = {name: con.sql(f"from marts.{name}").pl() for name in DIMENSIONS[1:]}
        return cls.of({**tables, "dim_metrics": metric_catalogue(con)})

    @classmethod
    def of_release(cls, folder: Path) -> Meanings | None:
        """From the tables a release gave out; None where one is gone."""
        paths = {name: folder / "shared" / "parquet" / f"{name}.parquet" for name in DIMENSIONS}
        if not all(path.exists() for path in paths.values()):
            return None
        return cls.of({name: pl.read_parquet(path) for name, path in paths.items()})


class Today(NamedTuple):
    """Ids of then -> ids of today, of what is called otherwise today."""

    metric_id: Renames
    period_id: Renames
    places: Mapping[str, Renames]
    units: Renames

    @classmethod
    def of(cls, then: Meanings, now: Meanings) -> Today:
        """What then was called otherwise."""
        places = {
            level: _renames(
                {i: n for i, n in then.places[level].items() if i not in now.places[level]},
                {i: n for i, n in now.places[level].items() if i not in then.places[level]},
            )
            for level in PLACES
        }
        ids = {place: unit for unit, place in now.units.items()}
        moved = {
            unit: ids.get((places["team"].get(t or "", t), places["location"].get(at or "", at)))
            for unit, (t, at) in then.units.items()
            if unit not in now.units
        }
        units = {unit: to for unit, to in moved.items() if to is not None}
        return cls(
            _renames(then.metrics, now.metrics), _renames(then.periods, now.periods), places, units
        )

    def cells(self, cells: pl.DataFrame) -> pl.DataFrame:
        """Cells under their ids of today."""
        level = pl.col("unit_level")
        unit = pl.when(level == "unit").then(pl.col("unit_id").replace(self.units))
        for name in PLACES:
            unit = unit.when(level == name).then(pl.col("unit_id").replace(self.places[name]))
        there = [name for name in PLACES if f"{name}_id" in cells.columns]
        return cells.with_columns(
            pl.col("metric_id").replace(self.metric_id),
            pl.col("period_id").replace(self.period_id),
            unit.otherwise("unit_id").alias("unit_id"),
            *(pl.col(f"{name}_id").replace(self.places[name]) for name in there),
        )


def _names(table: pl.DataFrame, level: str) -> dict[str, str]:
    """Id -> name, of the names that only one id bears."""
    rows = table.select(f"{level}_id", f"{level}_name").unique().drop_nulls().rows()
    often = Counter(name for _, name in rows)
    return {i: name for i, name in rows if often[name] == 1}


def _renames(then: Mapping[str, Hashable], now: Mapping[str, Hashable]) -> Renames:
    """Ids of then that mean what only another id means today.

    An id of then whose own name has gone to another meaning is no longer any id of today.

    >>> _renames({"a": 1, "b": 2, "c": 3}, {"a": 1, "B": 2, "c": 4})
    {'b': 'B'}
    >>> _renames({"a": 1, "b": 2}, {"b": 1})
    {'a': 'b', 'b': 'b (then)'}
    """
    new = {meaning: i for i, meaning in sorted(now.items(), reverse=True) if then.get(i) != meaning}
    renamed = {i: new[m] for i, m in then.items() if now.get(i) != m and m in new}
    taken = set(renamed.values())
    return renamed | {i: f"{i} (then)" for i in then if i in taken and i not in renamed}
