"""People heard on both sides: counted among the latest answers, found in all that was landed."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.panel import _people_on_both_sides

TABLES = """
create schema raw; create schema staging; create schema intermediate;
create table raw.customer_feedback (feedback_id varchar, customer_key varchar, is_latest boolean);
create table raw.person_identifiers (id_key varchar);
create table intermediate.int_submissions_attributed (respondent_key varchar);
create view staging.stg_customer_feedback as from raw.customer_feedback where is_latest;
create view staging.stg_person_identifiers as from raw.person_identifiers;
insert into raw.customer_feedback values
    ('a', 'eve', true), ('b', 'eve', true), ('c', 'max', false), ('c', null, true),
    ('d', 'ida', true);
"""


@pytest.mark.parametrize(
    ("identifiers", "respondents", "n"),
    [
        ([], [], 0), (["bob"], ["sue"], 0), (["eve"], ["sue"], 1), (["bob"], ["ida"], 1),
        (["eve"], ["ida"], 2), (["max"], ["max"], 0), ([None], [None], 0), ([None], ["eve"], 1),
    ],
)  # fmt: skip
def test_a_key_of_both_sides_counts_once_if_its_answer_is_the_latest(
    identifiers: list, respondents: list, n: int
) -> None:
    with duckdb.connect() as con:
        con.execute(TABLES)
        for table, keys in (("raw.person_identifiers", identifiers),
                            ("intermediate.int_submissions_attributed", respondents)):  # fmt: skip
            for key in keys:
                con.execute(f"insert into {table} values (?)", [key])
        assert _people_on_both_sides(con) == n
