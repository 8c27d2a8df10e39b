"""Which questions customers answer in one event, from the landed feedback itself.

What belongs here: items that share their events. What does not: what follows for the mask
(privacy.cell_blocks) and for counts of attribution (publishing.tables).

A form of three questions is one record of three columns in one export and three records of one
feedback id in another. Either way whoever counts the answers to one has counted the others.
"""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import duckdb
import polars as pl

RECORDS = 5_000
"""Records read of every batch: the rows of an event stand together."""
USUALLY = 0.5
"""Share of the events of the rarer item that hold the other item, too."""


def asked_together(con: duckdb.DuckDBPyConnection) -> list[frozenset[str]]:
    """Every two items that customers usually answer in one event."""
    alone: Counter[str] = Counter()
    both: Counter[tuple[str, ...]] = Counter()
    for items, n in _events(con).group_by("items").len().iter_rows():
        alone.update(dict.fromkeys(items, n))
        both.update(dict.fromkeys(combinations(sorted(items), 2), n))
    return [
        frozenset(pair)
        for pair, n in sorted(both.items())
        if n >= USUALLY * min(alone[item] for item in pair)
    ]


def answers_per_event(con: duckdb.DuckDBPyConnection) -> int:
    """The most answers one event holds."""
    return max(_events(con)["items"].list.len().unique().to_list(), default=1)


def _events(con: duckdb.DuckDBPyConnection) -> pl.DataFrame:
    """One row per event: its items, in order."""
    answers = con.sql(
        "select source, feedback_id, item_code from raw.customer_feedback"
        f" where record_number <= {RECORDS}"
    ).pl()
    return answers.group_by("source", "feedback_id").agg(items=pl.col("item_code").unique().sort())
