"""What a unit's past counts for today: the model's own SQL on chains of events."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

TABLES = {
    "staging.stg_unit_lineage": "lineage_kind varchar, unit_level varchar, from_ref varchar, "
    "to_ref varchar, effective_date date, share double",
    "intermediate.int_unit_references_resolved": "unit_level varchar, reference varchar, "
    "canonical_ref varchar",
}
MODEL = "int_unit_successors"


@pytest.fixture(scope="module")
def lineage(views: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """The model as a view; every code is its own unit, and `a ` is a spelling of `a`."""
    con = views(TABLES, [MODEL])
    con.execute(
        "insert into intermediate.int_unit_references_resolved select 'team', ref, trim(ref)"
        " from (values ('a'), ('a '), ('b'), ('c'), ('d')) as refs(ref)"
    )
    return con


@pytest.mark.parametrize(
    ("events", "day", "expected"),
    [
        ([("rename", "a", "b", 2, 1)], 1, ("b", "rename")),
        ([("rename", "a", "b", 2, 1)], 2, None),  # a code that lives on, or is given out again
        ([("rename", "a ", "b", 2, 1)], 1, ("b", "rename")),
        ([("rename", "a", "a", 2, 1)], 1, None),
        ([("merge", "a", "c", 2, 1), ("merge", "b", "c", 2, 1)], 1, ("c", "merge")),
        ([("rename", "a", "b", 2, 1), ("merge", "b", "c", 4, 1)], 1, ("c", "merge")),
        ([("rename", "a", "b", 2, 1), ("merge", "b", "c", 2, 1)], 1, ("c", "merge")),
        ([("rename", "b", "c", 2, 1), ("merge", "a", "b", 4, 1)], 1, ("b", "merge")),
        ([("split", "a", "b", 2, 0.5), ("split", "a", "c", 2, 0.5)], 1, ("a", "split")),
        ([("merge", "a", "b", 2, 1), ("split", "b", "c", 4, 0.5), ("split", "b", "d", 4, 0.5)],
         1, ("b", "split")),
        ([("close", "a", None, 2, 1)], 1, ("a", "close")),
        ([("close", "a", None, 2, 1), ("move", "a", "b", 2, 0.6)], 1, ("a", "close")),
        ([("move", "a", "b", 2, 0.6)], 1, ("a", "split")),
        ([("rename", "a", "b", 2, 1), ("rename", "b", "a", 4, 1)], 1, ("a", "rename")),
        ([("rename", "a", "b", 2, 1), ("rename", "a", "c", 4, 1)], 3, ("c", "rename")),
        ([("rename", "a", "b", 2, 1), ("rename", "b", "a", 2, 1)], 1, ("a", "rename")),
    ],
)  # fmt: skip
def test_history_is_carried_along_the_events_that_follow(
    lineage: duckdb.DuckDBPyConnection, events: list[tuple], day: int, expected: tuple | None
) -> None:
    lineage.execute("delete from staging.stg_unit_lineage")
    for kind, before, after, month, share in events:
        lineage.execute(
            "insert into staging.stg_unit_lineage"
            " values (?, 'team', ?, ?, make_date(2025, ?, 1), ?)",
            [kind, before, after, month, share],
        )
    found = lineage.execute(
        f"select today_ref, succession from intermediate.{MODEL} where unit_ref = 'a'"
        " and make_date(2025, ?, 1) >= valid_from and make_date(2025, ?, 1) < valid_to",
        [day, day],
    ).fetchall()
    assert found == ([] if expected is None else [expected])
