"""Aliases that map nothing: their unit is none, several, or another's name goes first.

What belongs here: why an alias has no effect, judged by the units of the last run. What does not:
the mapping itself; that is decided in dbt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb

from pipelines import warehouse
from pipelines.program.aliases import Alias
from pipelines.program.model import Program
from pipelines.unit_references import reference_key
from pipelines.unmatched import MIN_SCORE, likeness

RESOLVED = "intermediate.int_unit_references_resolved"
MOST_NAMES = 3
_KNOWN = f"""
    select resolved.unit_level, resolved.reference, resolved.canonical_ref,
        case when resolved.resolution = 'adopted' and not found.is_made and sum(found.n_rows)
            over (partition by resolved.unit_level, resolved.reference_key) = 0
            then 'unwritten' else resolved.resolution end as resolution
    from {RESOLVED} as resolved
    join intermediate.int_unit_references_found as found using (unit_level, reference)
    order by resolved.unit_level, resolved.reference
"""


@dataclass(frozen=True)
class Name:
    """A name of a unit, as the last run read it."""

    written: str
    unit_ref: str | None
    resolution: str
    """code, name, alias, adopted, ambiguous, unknown; unwritten: adopted from aliases only."""


def idle_aliases(
    con: duckdb.DuckDBPyConnection, approved: Iterable[Alias], program: Program
) -> list[str]:
    """A sentence for each alias that maps nothing: those `approved`, and those systems export.

    None where no run has come to the units yet.
    """
    if not warehouse.has_table(con, RESOLVED):
        return []
    strip = program.org.strip_leading_zeros
    names: dict[tuple[str, str], list[Name]] = {}
    for level, *name in con.sql(_KNOWN).fetchall():
        key = reference_key(name[0], strip)
        names.setdefault((level, key), []).append(Name(*name))
    exported = con.sql(
        "select distinct alias_level, alias, unit_ref from staging.stg_unit_aliases"
    ).fetchall()
    told = {(a.alias_level, a.alias, a.unit_ref) for a in approved} | set(exported)
    found = []
    for level, alias, unit in sorted(told):
        of_unit = "team" if level == "ticket_group" else level
        unit_key = reference_key(unit, strip)
        why = _no_unit(unit, of_unit, unit_key, names) or _shadowed(
            names.get((level, reference_key(alias, strip)), ()),
            names[of_unit, unit_key],
        )
        if why:
            found.append(f"alias {alias!r} ({level}) does nothing: {why}")
    return found


def _no_unit(
    unit: str, level: str, key: str, names: Mapping[tuple[str, str], Sequence[Name]]
) -> str | None:
    """Why what an alias stands for is not one unit."""
    found = names.get((level, key), ())
    how = found[0].resolution if found else "unknown"
    if how in ("code", "name", "adopted"):
        return None
    if how == "ambiguous":
        return f"several units are called {unit!r}; give the code of one"
    if how == "alias":
        return f"{unit!r} is an alias itself; give its unit, {found[0].unit_ref!r}"
    close = _close(unit, level, names)
    if how == "unwritten" and not close:
        return None
    like = f"; close: {', '.join(map(repr, close))}" if close else ""
    return f"no {level} is called {unit!r}{like}"


def _close(
    unit: str, level: str, names: Mapping[tuple[str, str], Sequence[Name]]
) -> list[str]:
    """Names of units of that level that are like it, most alike first."""
    scores = {
        name.written: likeness(unit, name.written)
        for (of, _), each in names.items() if of == level
        for name in each if name.resolution in ("code", "name", "adopted")
    }  # fmt: skip
    close = [name for name, score in scores.items() if score >= MIN_SCORE]
    return sorted(close, key=lambda name: (-scores[name], name))[:MOST_NAMES]


def _shadowed(alias: Sequence[Name], unit: Sequence[Name]) -> str | None:
    """Why an alias is never asked: it is how another unit is called."""
    if not alias or alias[0].resolution not in ("code", "name"):
        return None
    if alias[0].unit_ref == unit[0].unit_ref:
        return None
    return f"it is the {alias[0].resolution} of {alias[0].unit_ref!r}, which goes first"
