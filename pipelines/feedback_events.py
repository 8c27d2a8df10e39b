"""Which questions customers answer in one event, from the landed feedback itself.

What belongs here: items that share their events. What does not: what follows for the mask
(privacy.cell_blocks) and for counts of attribution (publishing.tables).

A form of three questions is one record of three columns in one export and three records of one
feedback id in another. Either way whoever counts the answers to one has counted the others.
"""

from __future__ import annotations

from itertools import combinations

import duckdb

RECORDS = 20_000
"""Records read of every batch: the rows of an event stand together."""
USUALLY = 0.5
"""Share of the events of the rarer item that hold the other item, too."""

_EVENTS = f"""
    select items, count(*) from (
        select list(distinct item_code order by item_code) as items
        from raw.customer_feedback where record_number <= {RECORDS}
        group by source, feedback_id
    ) group by items order by items
"""


def asked_together(con: duckdb.DuckDBPyConnection) -> list[frozenset[str]]:
    """Every two items that customers usually answer in one event."""
    alone: dict[str, int] = {}
    both: dict[tuple[str, str], int] = {}
    for items, n in con.sql(_EVENTS).fetchall():
        for item in items:
            alone[item] = alone.get(item, 0) + n
        for pair in combinations(items, 2):
            both[pair] = both.get(pair, 0) + n
    return [
        frozenset((one, other))
        for (one, other), n in both.items()
        if n >= USUALLY * min(alone[one], alone[other])
    ]


def answers_per_event(con: duckdb.DuckDBPyConnection) -> int:
    """The most answers one event holds."""
    return max((len(items) for items, _ in con.sql(_EVENTS).fetchall()), default=1)
