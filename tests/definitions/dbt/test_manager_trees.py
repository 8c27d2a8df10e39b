"""Teams made of who reports to whom: the models' own SQL against a walk up the tree, day by day."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.allotment import examples

MODELS = (
    "int_assignments_held",
    "int_manager_teams",
    "int_unit_references_found",
    "int_unit_references_resolved",
    "int_employee_assignments",
)
TABLES = {
    "raw.declared_sources": "source varchar, is_snapshot boolean",
    "raw.declared_settings": "setting varchar, value_text varchar",
    "raw.unit_references": "unit_level varchar, reference varchar, reference_key varchar, "
    "n_rows bigint",
    "staging.stg_org_assignments": "source varchar, input varchar, record_number bigint, "
    "employee_key varchar, team_ref varchar, location_ref varchar, manager_key varchar, "
    "gender varchar, age_band varchar, tenure_band varchar, job_level varchar, "
    "employment varchar, valid_from date, valid_to date",
    "staging.stg_units": "unit_level varchar, unit_ref varchar, unit_name varchar",
    "intermediate.int_unit_aliases_approved": "alias_level varchar, alias varchar, "
    "unit_ref varchar",
}
FIRST, EVER = dt.date(2025, 1, 1), dt.date(9999, 12, 31)
DAYS = [FIRST + dt.timedelta(days=n) for n in (0, 10, 20, 30)]
SEEN = [day + dt.timedelta(days=5) for day in DAYS]
PEOPLE = "abcdefgh"
ROWS = st.lists(
    st.tuples(
        st.sampled_from(PEOPLE),
        st.one_of(st.none(), st.sampled_from(PEOPLE + "z")),
        st.sampled_from(DAYS[:3]),
        st.sampled_from([*DAYS[1:], EVER]),
    ),
    max_size=14, unique_by=lambda row: (row[0], row[2]),
)  # fmt: skip


@pytest.fixture(scope="module")
def office(views: Callable[..., duckdb.DuckDBPyConnection]) -> duckdb.DuckDBPyConnection:
    """The models as views over an HR file without teams and locations."""
    con = views(TABLES, MODELS)
    con.execute(
        "insert into raw.declared_sources values ('hr', false);"
        "insert into raw.declared_settings values ('teams', 'managers'),"
        " ('unknown_references', 'count')"
    )
    return con


def code(prefix: str, person: str | None) -> str | None:
    """The code of a manager's unit."""
    if person is None:
        return None
    digest = hashlib.md5(person.encode(), usedforsecurity=False).hexdigest()
    return f"{prefix}-{digest.translate(str.maketrans('0123456789', 'ghijklmnop'))[:10]}"


def row_on(rows: list[tuple], person: str, day: dt.date) -> tuple | None:
    """The row of a person that was begun last, if it still holds."""
    begun = [row for row in rows if row[0] == person and row[2] <= day and row[2] < row[3]]
    last = max(begun, key=lambda row: row[2], default=None)
    return last if last and day < last[3] else None


def reports_to(rows: list[tuple], manager: str, day: dt.date) -> str | None:
    """Whom a manager reports to; what was told last, or first, holds where nothing is told."""
    told = sorted(
        (row for row in rows if row[0] == manager and row[2] < row[3]), key=lambda r: r[2]
    )
    begun = [row for row in told if row[2] <= day]
    above = (begun[-1] if begun else told[0])[1] if told else None
    return None if above == manager else above


def place(rows: list[tuple], manager: str, day: dt.date) -> tuple[str | None, str | None]:
    """Location and region above a team: two levels and one below the top; None in a circle."""
    chain = [manager]
    while (above := reports_to(rows, chain[-1], day)) is not None:
        if above in chain:
            return None, None
        chain.append(above)
    below_top = chain[::-1]
    return below_top[min(2, len(chain) - 1)], below_top[min(1, len(chain) - 1)]


LOOPS = [
    [("a", "a", FIRST, EVER), ("b", "a", FIRST, EVER)],
    [("a", "b", FIRST, EVER), ("b", "a", FIRST, EVER), ("c", "a", FIRST, EVER)],
    [(p, q, FIRST, EVER) for p, q in zip("bcdefgh", "abcdefg", strict=True)],
]
"""Somebody who manages themselves, two who manage each other, and a tree of eight levels."""


@settings(max_examples=examples(8), deadline=None)
@given(st.lists(ROWS, min_size=1, max_size=8))
@example(LOOPS)
def test_every_employee_is_where_a_walk_up_the_tree_leads(
    office: duckdb.DuckDBPyConnection, worlds: list[list[tuple]]
) -> None:
    office.execute("delete from staging.stg_org_assignments")
    rows = [
        (f"{world}{row[0]}", row[1] and f"{world}{row[1]}", *row[2:])
        for world, rows in enumerate(worlds)
        for row in rows
    ]
    if rows:
        office.executemany(
            "insert into staging.stg_org_assignments by name select 'hr' as source,"
            " ? as employee_key, ? as manager_key, ? as valid_from, ? as valid_to", rows,
        )  # fmt: skip
    placed = office.sql(
        "select employee_key, team_id, location_id, valid_from, valid_to"
        " from intermediate.int_employee_assignments"
    ).fetchall()
    for person in {row[0] for row in rows}:
        for day in SEEN:
            told = row_on(rows, person, day)
            found = [p[1:3] for p in placed if p[0] == person and p[3] <= day < p[4]]
            if told is None or told[1] is None:
                assert found == [(None, None)] * (told is not None)
            else:
                location, _ = place(rows, told[1], day)
                assert found == [(code("team", told[1]), code("branch", location))]
    tree = office.sql(
        "select manager_key, location_id, region_id, valid_from, valid_to"
        " from intermediate.int_manager_teams order by manager_key, valid_from"
    ).fetchall()
    for manager in {row[0] for row in tree}:
        spells = [row for row in tree if row[0] == manager]
        assert [row[3] for row in spells] == [dt.date(1, 1, 1), *(row[4] for row in spells[:-1])]
        assert spells[-1][4] == EVER
        for day in SEEN:
            location, region = place(rows, manager, day)
            found = [row[1:3] for row in spells if row[3] <= day < row[4]]
            assert found == [(code("branch", location), code("division", region))]
