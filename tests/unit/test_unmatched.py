"""Names without a unit are counted by voice, with the events behind them."""

from __future__ import annotations

import duckdb
import pytest

from pipelines.cli.status import _show_voices
from pipelines.unmatched import count_by_voice, count_unmatched, unmatched_names
from pipelines.unused import Unused


@pytest.fixture
def con() -> duckdb.DuckDBPyConnection:
    """F1 asks two questions, F2 comes corrected: two events name a place that no list has."""
    con = duckdb.connect()
    con.execute(
        """
        create schema raw; create schema intermediate;
        create table raw.customer_feedback as
        select 'crm' as source, feedback_id, item_code, null::varchar as team_ref,
            null::varchar as ticket_group_ref, location_ref
        from (values ('F1', 'nps', '101'), ('F1', 'csat', '101'), ('F2', 'nps', '101'),
            ('F2', 'nps', '101'), ('F3', 'nps', '0101'))
            as answers(feedback_id, item_code, location_ref);
        create table raw.employee_responses as
        select 'pulse' as survey, 'w1' as wave, 'anna' as respondent_key,
            null::varchar as team_ref, '0101' as location_ref;
        create table raw.org_assignments as
        select 'anna' as employee_key, null::varchar as team_ref, '0101' as location_ref;
        create table raw.feedback_touches as
        select null::varchar as team_ref, null::varchar as location_ref,
            null::varchar as ticket_group_ref limit 0;
        create table raw.unit_scores as
        select 'employee' as voice, null::varchar as team_ref, null::varchar as location_ref
        limit 0;
        create table intermediate.int_ticket_groups_resolved as
        select null::varchar as ticket_group_ref limit 0;
        create table intermediate.int_unit_references_resolved as
        select 'location' as unit_level, * from (values ('0101', '0101', '0101', 'known'),
            ('101', '101', null, 'unknown'))
            as refs(reference, reference_key, canonical_ref, resolution)
        """
    )
    return con


def test_an_event_is_counted_once_however_many_questions_and_versions(
    con: duckdb.DuckDBPyConnection,
) -> None:
    (found,) = unmatched_names(con)
    assert (found.voice, found.reference, found.weight) == ("customer", "101", 2)


def test_names_are_counted_by_voice(
    con: duckdb.DuckDBPyConnection, capsys: pytest.CaptureFixture[str]
) -> None:
    assert count_by_voice(con) == {"customer": 1}
    assert count_unmatched(con) == 1
    rows = [
        {"voice": voice, "n_rows": 5, "in_unit_share": 1.0, "unattributed_share": 0.0}
        for voice in ("customer", "employee")
    ]
    _show_voices(rows, [], {}, {"customer": 1})
    of_customers, _, of_employees = capsys.readouterr().out.partition("  employee\n")
    assert "not matched: 1 name" in of_customers
    assert "not matched" not in of_employees
    _show_voices(rows[:1], [], {}, {"employee": 2})
    assert "  employee\n    not matched: 2 names" in capsys.readouterr().out


def test_answers_of_other_days_are_told_where_none_is_of_a_period(
    capsys: pytest.CaptureFixture[str],
) -> None:
    _show_voices([], [], {"customer": Unused("customer", 0, 0, 23)}, {})
    assert "  customer\n    outside of every period: 23\n" in capsys.readouterr().out
