"""What a program need not say: a program that says it and one that does not are the same."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

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


STAFF = {
    "table": "org_assignments", "location": "in/Staff list.xlsx", "header_row": 2,
    "columns": {"employee_key": "Number", "location_ref": "Shop"}, "names": ["Name"],
    "identifiers": [{"column": "Mail", "id_type": "email"}],
}  # fmt: skip


def unnamed(source: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in source.items() if key != "name"}


def test_the_shortest_program_is_the_same_as_one_that_says_all() -> None:
    survey = {**SURVEY, "values": [{"columns": ["Q 1", "Q 2"], "scale": {"min": 1, "max": 5}},
                                   {"columns": ["x"], "item": "pride",
                                    "scale": {"min": 1, "max": 7}}]}  # fmt: skip
    metrics = [{"id": "mood", "voice": "employee", "require": 2}, SHORT["metrics"][1]]
    shortest = {
        "program": "small", "period": "quarter", "start": "2025-01-01", "metrics": metrics,
        "sources": [unnamed(survey), unnamed(TICKETS), STAFF],
    }  # fmt: skip
    listed = {"name": "staff_list", **STAFF, "identifiers": []}
    said = {
        **shortest,
        "org": {"unit": "location", "unknown_references": "adopt"},
        "metrics": [{**metrics[0], "items": ["q_1", "q_2", "pride"]}, metrics[1]],
        "linkage": {"primary": {"x": "mood", "y": "csat"}, "cluster": "unit"},
        "sources": [
            survey, TICKETS, listed,
            {**listed, "name": "staff_list_identifiers", "table": "person_identifiers", "names": [],
             "columns": {"employee_key": "Number"}, "identifiers": STAFF["identifiers"]},
        ],
    }  # fmt: skip
    assert Program.model_validate(shortest) == Program.model_validate(said)


def test_teams_and_listed_units_are_not_overruled() -> None:
    teams = with_columns(STAFF, team_ref="Team")
    program = Program.model_validate({**SHORT, "org": {}, "sources": [SURVEY, TICKETS, teams]})
    assert (program.org.unit, program.org.unknown_references) == ("team_location", "adopt")
    level = with_columns(SHOPS, unit_level="Level")
    program = Program.model_validate({**SHORT, "org": {}, "sources": [SURVEY, TICKETS, level]})
    assert (program.org.unit, program.org.unknown_references) == ("team_location", "count")
    managers = {**STAFF, "columns": {"employee_key": "Number", "manager_key": "Boss"}}
    program = Program.model_validate(
        {**SHORT, "org": {"teams": "managers"}, "sources": [SURVEY, TICKETS, managers]}
    )
    assert program.org.unit == "team_location"


def test_of_several_scores_nothing_is_chosen() -> None:
    third = {"id": "mood", "voice": "employee", "items": ["q1"]}
    without = {key: value for key, value in SHORT.items() if key != "linkage"}
    assert Program.model_validate(without).linkage is not None
    assert Program.model_validate({**without, "linkage": None}).linkage is None
    several = {**without, "metrics": [*SHORT["metrics"], third]}
    assert Program.model_validate(several).linkage is None
    vague = {**SHORT, "metrics": [{"id": "mood", "voice": "employee"}, *SHORT["metrics"]]}
    assert Program.model_validate(vague).metrics[0].items == ["mood"]


def test_a_name_that_follows_from_nothing_must_be_said() -> None:
    with pytest.raises(ValueError, match="`name` is missing"):
        Program.model_validate({**SHORT, "sources": [{**unnamed(SURVEY), "location": "in/*.csv"}]})
    without = {key: value for key, value in SHORT.items() if key != "program"}
    with pytest.raises(ValueError, match="`program` is missing"):
        Program.model_validate(without)
    with pytest.raises(ValueError, match="`identifiers` do not fit"):
        Program.model_validate(
            {**SHORT, "sources": [{**SURVEY, "identifiers": STAFF["identifiers"]}]}
        )


def test_a_period_that_is_none_is_the_only_mistake() -> None:
    """What would follow from it is not said to be missing."""
    with pytest.raises(ValidationError) as caught:
        Program.model_validate({**SHORT, "period": "quarterly"})
    assert [error["loc"] for error in caught.value.errors()] == [("period",)]


def test_a_mistake_in_one_source_makes_none_in_the_list_of_units() -> None:
    """`colums` leaves open whether teams are named; that the places are the units is not asked."""
    misspelt = {("colums" if key == "columns" else key): v for key, v in SURVEY.items()}
    with pytest.raises(ValidationError) as caught:
        Program.model_validate({**SHORT, "org": {}, "sources": [misspelt, TICKETS, SHOPS]})
    assert not [e["loc"] for e in caught.value.errors() if "shops" in e["loc"] or 2 in e["loc"]]


def test_a_metric_knows_the_scales_of_its_items() -> None:
    rule = TICKETS["values"][0]
    other = {"columns": ["csat"], "scale": {"min": 0, "max": 4}, "direction": "lower"}
    asked_twice = {**TICKETS, "values": [rule, {**other, "when": {"Shop": "Oslo"}}]}
    program = Program.model_validate({**SHORT, "sources": [SURVEY, asked_twice, SHOPS]})
    assert program.answer_scales == {
        "q1": [(1.0, 5.0, False)], "csat": [(1.0, 5.0, False), (0.0, 4.0, True)]
    }  # fmt: skip
