"""Which questions customers answer in one event, from the landed feedback itself.

What belongs here: items that share their events, as `raw.feedback_forms`. What does not: what
follows for the mask (privacy.cell_blocks) and for counts of attribution (publishing.tables).

A form of three questions is one record of three columns in one export and three records of one
feedback id in another, which may stand anywhere. Either way whoever counts the answers to one has
counted the others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from itertools import combinations, groupby
from typing import NamedTuple

import duckdb
import polars as pl

from pipelines import warehouse

USUALLY = 0.5
"""Share of the events of the rarer item that hold the other item, too."""

BITS = 63
"""Bits of a whole number of eight bytes beside its sign; an item takes one."""


class Form(NamedTuple):
    """Items that events hold together, and nothing else, in order; and how many events do."""

    items: tuple[str, ...]
    n_events: int


def write_feedback_forms(con: duckdb.DuckDBPyConnection) -> int:
    """Write `raw.feedback_forms` from the registered batches; returns its rows."""
    frame = pl.DataFrame(
        forms_answered(con),
        schema={"item_codes": pl.List(pl.String), "n_events": pl.Int64},
        orient="row",
    )
    return warehouse.write_table(con, "raw.feedback_forms", frame)


def read_feedback_forms(con: duckdb.DuckDBPyConnection) -> list[Form]:
    """The forms of `raw.feedback_forms`."""
    rows = con.sql("select item_codes, n_events from raw.feedback_forms").fetchall()
    return [Form(tuple(items), n_events) for items, n_events in rows]


def asked_together(forms: Iterable[Form]) -> list[frozenset[str]]:
    """Every two items that customers usually answer in one event."""
    alone: Counter[str] = Counter()
    both: Counter[tuple[str, ...]] = Counter()
    for items, n in forms:
        alone.update(dict.fromkeys(items, n))
        both.update(dict.fromkeys(combinations(items, 2), n))
    return [
        frozenset(pair)
        for pair, n in sorted(both.items())
        if n >= USUALLY * min(alone[item] for item in pair)
    ]


def answers_per_event(forms: Iterable[Form]) -> int:
    """The most answers one event holds."""
    return max((len(form.items) for form in forms), default=1)


def forms_answered(con: duckdb.DuckDBPyConnection) -> list[Form]:
    """The forms of every event there is: a rare question is as exact as a frequent one.

    Left out are events of items that no other item can share.
    """
    told = con.sql(
        "select source, item_code from raw.customer_feedback group by all order by all"
    ).fetchall()
    asked = {source: [item for _, item in found] for source, found in groupby(told, lambda t: t[0])}
    shared = {item for items in asked.values() if len(items) > 1 for item in items}
    found: Counter[tuple[str, ...]] = Counter()
    for source, items in asked.items():
        if shared.intersection(items):
            found.update(_forms_of(con, source, items))
    return [Form(*form) for form in sorted(found.items())]


def _forms_of(
    con: duckdb.DuckDBPyConnection, source: str, items: list[str]
) -> dict[tuple[str, ...], int]:
    """Events of one source by the items they hold; a corrected answer is one.

    An item is a bit of a number, and a form the numbers that the answers of an event make together.
    """
    groups = [items[k : k + BITS] for k in range(0, len(items), BITS)]
    numbers = [f"number_{k}" for k in range(len(groups))]
    held = ", ".join(
        f"bit_or({_bit_of(len(group))}) as {number}"
        for group, number in zip(groups, numbers, strict=True)
    )
    rows = con.execute(
        f"select {', '.join(numbers)}, count(*) from (select {held} from raw.customer_feedback"
        " where source = ? group by feedback_id) group by all",
        [*items, source],
    ).fetchall()
    return {
        tuple(
            item
            for group, number in zip(groups, form, strict=True)
            for bit, item in enumerate(group)
            if number >> bit & 1
        ): n_events
        for *form, n_events in rows
    }


def _bit_of(n_items: int) -> str:
    """SQL for the bit of a row's item, the items being parameters; 0 for any other."""
    whens = " ".join(f"when ? then {1 << bit}" for bit in range(n_items))
    return f"cast(case item_code {whens} else 0 end as bigint)"
