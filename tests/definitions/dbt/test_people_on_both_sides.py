"""People heard on both sides, each counted once."""

from __future__ import annotations

from collections.abc import Callable

import duckdb
import pytest

TABLES = {
    "staging.stg_customer_feedback": "feedback_id varchar, customer_key varchar",
    "staging.stg_person_identifiers": "id_key varchar",
    "intermediate.int_submissions_attributed": "respondent_key varchar",
}


@pytest.mark.parametrize(
    ("identifiers", "respondents", "n"),
    [
        ([], [], 0), (["bob"], ["sue"], 0), (["eve"], ["sue"], 1), (["bob"], ["ida"], 1),
        (["eve"], ["ida"], 2), (["eve"], ["eve"], 1), ([None], [None], 0), ([None], ["eve"], 1),
    ],
)  # fmt: skip
def test_a_key_of_both_sides_counts_once(
    views: Callable[..., duckdb.DuckDBPyConnection], identifiers: list, respondents: list, n: int
) -> None:
    with views(TABLES, ["int_people_on_both_sides"]) as con:
        con.execute(
            "insert into staging.stg_customer_feedback values"
            " ('a', 'eve'), ('b', 'eve'), ('c', null), ('d', 'ida')"
        )
        for table, keys in (("staging.stg_person_identifiers", identifiers),
                            ("intermediate.int_submissions_attributed", respondents)):  # fmt: skip
            for key in keys:
                con.execute(f"insert into {table} values (?)", [key])
        [(found,)] = con.sql("from intermediate.int_people_on_both_sides").fetchall()
        assert found == n
