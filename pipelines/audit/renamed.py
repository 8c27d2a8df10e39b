"""An earlier release under the ids of the one that is judged.

What belongs here: metrics, periods and places that bear another id now, told by what they are. What
does not: comparing the two (audit.earlier, audit.joined).

Somebody who compares releases reads names, days and definitions, not ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from pipelines.audit.cells import CELL_TABLES

METRIC = ("items", "voice", "metric_kind", "top_box_from")
DAYS = ("period_start", "period_end")
PLACES = {"team": "dim_units", "location": "dim_locations", "region": "dim_locations"}
"""Kind of place -> the table with its names."""
TOLD = (*CELL_TABLES, "unit_period_participation")
Tables = Mapping[str, pl.DataFrame]
Renames = Mapping[str, str]


def under_ids_of(now: Tables, then: Tables) -> dict[str, pl.DataFrame]:
    """The tables of then, with the ids of now for what is the same."""
    ids = {
        "metric_id": _renames(now, then, "dim_metrics", "metric_id", METRIC),
        "period_id": _renames(now, then, "periods", "period_id", DAYS),
    } | {
        f"{level}_id": _renames(now, then, table, f"{level}_id", (f"{level}_name",))
        for level, table in PLACES.items()
    }
    found = {
        name: table.with_columns(pl.col(c).replace(ids[c]) for c in ids if c in table.columns)
        for name, table in then.items()
    }
    units = _units(now["dim_units"], found["dim_units"])
    found["dim_units"] = found["dim_units"].with_columns(pl.col("unit_id").replace(units))
    by_level = {"unit": units} | {level: ids[f"{level}_id"] for level in PLACES}
    for name in TOLD:
        if name in found:
            found[name] = found[name].with_columns(_at_its_level(by_level))
    return found


def _renames(now: Tables, then: Tables, table: str, key: str, what: Sequence[str]) -> Renames:
    """Ids of then that mean what another id means now; one that is taken is nobody's any more."""
    if not all({key, *what} <= set(tables[table].columns) for tables in (now, then)):
        return {}
    mine, theirs = (
        tables[table].select(key, *what).unique().drop_nulls([key, what[0]])
        .filter(pl.len().over(what) == 1)
        for tables in (now, then)
    )  # fmt: skip
    same = theirs.join(mine, on=what, suffix="_now", nulls_equal=True)
    others = same.select(key, f"{key}_now").filter(pl.col(key) != pl.col(f"{key}_now"))
    renamed = dict(others.rows())
    if table in PLACES.values():  # a code that is there is the same place, whatever it is called
        renamed = {i: to for i, to in renamed.items() if i not in set(now[table][key])}
    taken = set(renamed.values()) & set(then[table][key]) - renamed.keys()
    return renamed | {i: f"{i} (then)" for i in taken}


def _units(now: pl.DataFrame, then: pl.DataFrame) -> Renames:
    """Units of then whose id is gone, by the team and location they are of."""
    place = ["team_id", "location_id"]
    gone = then.join(now, on="unit_id", how="anti")
    same = gone.join(now.select("unit_id", *place), on=place, suffix="_now", nulls_equal=True)
    return dict(same.select("unit_id", "unit_id_now").rows())


def _at_its_level(ids: Mapping[str, Renames]) -> pl.Expr:
    """The id of a group, whose kind is in the column beside it."""
    found = pl.col("unit_id")
    for level, renames in ids.items():
        at = pl.col("unit_level") == level
        found = pl.when(at).then(pl.col("unit_id").replace(renames)).otherwise(found)
    return found.alias("unit_id")
