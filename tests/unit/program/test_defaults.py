"""What a program need not say: a program that says it and one that does not are the same."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.program.model import Program

SURVEY = {
    "name": "pulse", "table": "employee_responses", "location": "pulse.csv",
    "columns": {"respondent_key": "Number",
                "answered_at": {"column": "Sent", "format": "%d.%m.%Y", "time_zone": "local"}},
    "values": [{"columns": ["q1"], "scale": {"min": 1, "max": 5}}],
}  # fmt: skip
TICKETS = {
    "name": "tickets", "table": "customer_feedback", "location": "tickets.csv",
    "columns": {"feedback_id": "Id", "occurred_at": "At", "customer_key": "Customer",
                "agent_key": "Agent", "location_ref": "Shop"},
    "values": [{"columns": ["csat"], "scale": {"min": 1, "max": 5}}],
}  # fmt: skip
SHOPS = {"name": "shops", "table": "units", "location": "s.csv", "columns": {"unit_ref": "Shop"}}
SHORT: dict[str, Any] = {
    "program": "small", "period": "quarter", "start": "2025-01-01", "org": {"unit": "location"},
    "metrics": [{"id": "q1", "voice": "employee"}, {"id": "csat", "voice": "customer"}],
    "linkage": {"primary": {"x": "q1", "y": "csat"}}, "sources": [SURVEY, TICKETS, SHOPS],
}  # fmt: skip


def with_columns(source: dict[str, Any], **columns: object) -> dict[str, Any]:
    return {**source, "columns": {**source["columns"], **columns}}


def test_what_is_implied_is_the_same_as_said() -> None:
    said = {
        **SHORT,
        "linkage": {**SHORT["linkage"], "cluster": "unit"},
        "sources": [
            with_columns(
                SURVEY,
                respondent_key={"column": "Number", "id_type": "employee_id"},
                survey={"value": "pulse"},
                wave={**SURVEY["columns"]["answered_at"], "each": "quarter"},
            ),
            with_columns(
                TICKETS,
                customer_key={"column": "Customer", "id_type": "customer"},
                agent_key={"column": "Agent", "id_type": "agent"},
            ),
            with_columns(SHOPS, unit_level={"value": "location"}),
        ],
    }
    assert Program.model_validate(SHORT) == Program.model_validate(said)


def test_what_is_said_holds() -> None:
    said = with_columns(
        SURVEY, respondent_key={"column": "Mail", "id_type": "email"}, wave="Round",
        survey={"value": "other"},
    )  # fmt: skip
    program = Program.model_validate(
        {**SHORT, "sources": [said, TICKETS, SHOPS],
         "linkage": {**SHORT["linkage"], "cluster": "region"}}
    )  # fmt: skip
    columns = program.sources[0].columns
    assert (columns["respondent_key"].id_type, columns["wave"].column) == ("email", "Round")
    assert (columns["survey"].value, program.linkage.cluster) == ("other", "region")


def test_answers_without_a_person_are_nobodys_number() -> None:
    anonymous = with_columns(SURVEY, respondent_key={"record_number": True})
    program = Program.model_validate({**SHORT, "sources": [anonymous, TICKETS, SHOPS]})
    assert program.sources[0].columns["respondent_key"].id_type == "response"


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"period": "wave", "waves": [{"id": "w", "start": "2025-01-01", "end": "2025-03-31"}]},
         "columns.wave` is missing"),
        ({"org": {"unit": "team_location"}}, "columns.unit_level` is missing"),
    ],
)  # fmt: skip
def test_nothing_is_implied_where_it_would_be_a_guess(change: dict, missing: str) -> None:
    with pytest.raises(ValueError, match=missing):
        Program.model_validate({**SHORT, **change})
