"""Kept answers that no score counts are told by voice."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.unused import Unused, unjoined_locations, unused_rows


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


def test_scores_of_teams_that_cannot_be_weighted_are_told(con: duckdb.DuckDBPyConnection) -> None:
    assert unjoined_locations(con) is None
    con.execute(
        """
        create schema intermediate;
        create table intermediate.int_unit_scores_attributed as
        select 'customer' as voice, 'nps' as item_code, '2025-01' as period_id,
            'unit' as unit_level, false as suppressed_at_source, *
        from (values ('L1', 5, null), ('L1', 7, null), ('L2', 5, null), ('L2', null, 'superseded'),
            ('L3', null, null)) as scores(unit_id, n_respondents, remainder_reason)
        """
    )
    assert unjoined_locations(con) is None
    con.execute(
        "insert into intermediate.int_unit_scores_attributed values"
        " ('customer', 'nps', '2025-01', 'unit', false, 'L3', 5, null)"
    )
    told = unjoined_locations(con)
    assert told is not None and told.endswith("(n_respondents): 1 scores of L3")
