"""Which questions customers answer in one event, from the landed feedback itself.

What belongs here: items that share their events. What does not: what follows for the mask
(privacy.cell_blocks) and for counts of attribution (publishing.tables).

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
import numpy as np

USUALLY = 0.5
"""Share of the events of the rarer item that hold the other item, too."""


class Form(NamedTuple):
    """Items that events hold together, and nothing else, in order; and how many events do."""

    items: tuple[str, ...]
    n_events: int


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
    """Events of one source by the items they hold.

    An answer is a number, the event's hash with the item in its last bits, and they are sorted: a
    query that groups by event takes half as much time again and more memory.
    """
    bits = len(items).bit_length()
    whens = " ".join(f"when {_quoted(item)} then {number}" for number, item in enumerate(items))
    # with parameters DuckDB takes one thread and twice the time
    answers = con.sql(
        f"select (hash(feedback_id) & {2**64 - 2**bits}::ubigint)"
        f" | cast(case item_code {whens} end as ubigint) as answer"
        f" from raw.customer_feedback where source = {_quoted(source)}"
    ).fetchnumpy()["answer"]
    answers.sort()  # np.unique sorts what it has hashed before, in ten times the time
    answers = answers[_firsts(answers)]  # a corrected answer is one
    item = (answers & np.uint64(2**bits - 1)).astype(np.uint32)
    starts = _firsts(answers >> bits)
    # events of the same items have the same sum of numbers drawn for the items
    drawn = np.random.default_rng(0).integers(0, 2**64, len(items), dtype=np.uint64)
    _, first, n_events = np.unique(
        np.add.reduceat(drawn[item], starts), return_index=True, return_counts=True
    )
    ends = np.append(starts[1:], item.size)
    return {
        tuple(items[i] for i in item[starts[k] : ends[k]]): int(n)
        for k, n in zip(first, n_events, strict=True)
    }


def _firsts(ordered: np.ndarray) -> np.ndarray:
    """Where each value stands first."""
    return np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
