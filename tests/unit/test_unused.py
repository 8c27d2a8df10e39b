"""Kept answers that no score counts are told by voice."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.unused import Unused, unused_rows


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """F1 is corrected, F2 is the number of a ticket in two shops, one answer lies outside, and four
    published scores are replaced."""
    con = duckdb.connect()
    con.execute(
        """
        create schema raw; create schema marts;
        create table raw.customer_feedback as
        select 'crm' as source, feedback_id, 'nps' as item_code, null as team_ref, location_ref
        from (values ('F1', 'L1'), ('F1', 'L1'), ('F2', 'L1'), ('F2', 'L2'), ('F3', null))
            as answers(feedback_id, location_ref);
        create table raw.employee_responses as
        select 'pulse' as survey, 'w1' as wave, respondent_key, item_code, null as team_ref,
            null as location_ref
        from (values ('anna', 'q1'), ('anna', 'q2'), ('ben', 'q1'))
            as answers(respondent_key, item_code);
        create table marts.attribution_summary as
        from (values ('customer', '2025-01', 'attributed', 3), ('customer', 'outside', 'other', 1),
            ('customer', '2025-01', 'superseded', 4), ('employee', 'w1', 'attributed', 2))
            as counted(voice, period_id, remainder_reason, n_rows)
        """
    )
    return con


def test_versions_other_places_and_days_outside_are_counted(con: duckdb.DuckDBPyConnection) -> None:
    replaced = 2 + 4  # answers, and published scores
    assert unused_rows(con) == [Unused("customer", replaced, n_elsewhere=1, n_outside=1)]
