"""One mapping for all formats: what is kept, what is rejected, and why."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.connectors.columns import find_columns
from pipelines.connectors.mapping import Mapped, RecordMapping
from pipelines.connectors.records import numbered
from pipelines.contract import REJECT_REASONS, SOURCE_TABLES
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.source import Source
from tests.allotment import examples
from tests.unit.connectors.homes import SECRET, source

GOOD = {"id": "F1", "at": "2025-01-01", "customer": "C1", "store": "S1", "score": "7"}
SURVEY = {
    "name": "survey",
    "table": "employee_responses",
    "location": "x.csv",
    "columns": {
        "respondent_key": {"column": "email", "id_type": "email"},
        "survey": {"value": "engagement"},
        "wave": "wave",
        "answered_at": {"column": "at", "time_zone": "local"},
        "is_complete": "done",
    },
    "values": [
        {"columns": ["q1", "q2"], "scale": {"min": 1, "max": 5}},
        {"columns": ["q3"], "scale": {"min": 1, "max": 3}, "direction": "lower",
         "recode": {"Ja": 1, "Weiß nicht": 2, "Nein": 3}},
    ],
    "comment": "text",
    "missing": ["n/a"],
}  # fmt: skip


def mapped(how: Source, *records: dict[str, str | None]) -> Mapped:
    """What some records become; a column is there if any record has it."""
    names = list(dict.fromkeys(name for record in records for name in record))
    frame = pl.DataFrame(
        [[record.get(name) for name in names] for record in records],
        schema=dict.fromkeys(names, pl.String),
        orient="row",
    )
    found = find_columns(how, names, "test")
    mapping = RecordMapping(how, found, "Europe/Berlin", Pseudonymizer(SECRET, {}))
    return mapping.apply(numbered(frame, pl.int_range(1, frame.height + 1, eager=True)))


def reasons(result: Mapped) -> list[tuple[int, str | None, str, int]]:
    return sorted(
        result.rejects.select("record_number", "column_name", "reason", "n_rows").rows(),
        key=lambda row: (row[0], row[1] or ""),
    )


def survey(**changes: object) -> Source:
    return Source.model_validate({**SURVEY, **changes})


def test_a_wide_record_becomes_a_row_per_item() -> None:
    result = mapped(
        survey(),
        {"email": "A@x.org", "wave": "w1", "at": "2025-07-01T00:30", "done": "TRUE",
         "q1": "4", "q2": "n/a", "q3": "WEISS NICHT".replace("SS", "ß"), "text": " hello "},
    )  # fmt: skip

    rows = result.rows.sort("item_code")
    assert rows["item_code"].to_list() == ["q1", "q2", "q3"]
    assert rows["score_raw"].to_list() == [4.0, None, 2.0]
    assert rows["scale_max"].to_list() == [5.0, 5.0, 3.0]
    assert rows["direction"].to_list() == ["higher", "higher", "lower"]
    assert rows["answered_at"].unique().to_list() == [dt.datetime.fromisoformat("2025-06-30T22:30")]
    assert rows["answered_date"].unique().to_list() == [dt.date(2025, 7, 1)]
    assert rows["is_complete"].to_list() == [True] * 3
    assert rows["respondent_id_type"].unique().to_list() == ["email"]
    assert result.rejects.is_empty()
    assert result.n_read == 3


def test_comments_are_redacted_and_counted() -> None:
    base = {"wave": "w1", "at": "2025-07-01", "done": None, "q1": "4", "q2": "5", "q3": "1"}
    result = mapped(
        survey(),
        {**base, "email": "a@x.org", "text": " Anna was kind "},
        {**base, "email": "b@x.org", "text": "  "},
        {**base, "email": None, "text": "nobody"},
    )

    assert result.comments["record_number"].to_list() == [1]
    assert result.comments["n_characters"].to_list() == [13]
    assert result.comments["redacted_text"].to_list() == ["<NAME> was kind"]
    assert result.comments.select("n_redactions", "n_names", "n_emails").row(0) == (1, 1, 0)
    assert result.comments["parent_key"].to_list() == ["engagement/w1"]
    assert result.comments["respondent_key"].to_list() == [
        Pseudonymizer(SECRET, {}).key("a@x.org", "email")
    ]
    for frame in (result.rows, result.comments, result.rejects):
        assert "Anna" not in str(frame.rows())


@pytest.mark.parametrize(
    ("change", "column", "reason"),
    [
        ({"score": "11"}, "score", "out_of_scale"),
        ({"score": "-1"}, "score", "out_of_scale"),
        ({"score": "inf"}, "score", "not_a_number"),
        ({"score": "very good"}, "score", "not_a_number"),
        ({"id": " \u200b"}, "id", "missing_required"),
        ({"at": ""}, "at", "missing_required"),
        ({"at": "31.12.2025"}, "at", "bad_date"),
        (dict.fromkeys(GOOD, " "), None, "blank_record"),
    ],
)
def test_a_record_that_cannot_be_used_is_told_with_its_column(
    change: dict, column: str | None, reason: str
) -> None:
    result = mapped(source(), GOOD, {**GOOD, **change})

    assert reasons(result) == [(2, column, reason, 1)]
    assert result.rows["record_number"].to_list() == [1]
    assert result.n_read == 2


def test_a_blank_answer_is_a_row_without_a_score() -> None:
    result = mapped(source(), {**GOOD, "score": ""})

    assert result.rows["score_raw"].to_list() == [None]
    assert result.rejects.is_empty()


def test_the_first_fault_is_told_and_only_it() -> None:
    result = mapped(source(), {**GOOD, "id": "", "at": "never", "score": "99"})

    assert reasons(result) == [(1, "id", "missing_required", 1)]


def test_every_filter_names_its_own_column() -> None:
    how = source(
        filters=[
            {"column": "status", "drop": ["Preview", "TEST"]},
            {"column": "land", "keep": ["DE"]},
        ]
    )
    result = mapped(
        how,
        {**GOOD, "status": " preview ", "land": "de"},
        {**GOOD, "status": "", "land": "FR"},
        {**GOOD, "status": None, "land": None},
        {**GOOD, "status": "live", "land": " De"},
    )

    assert reasons(result) == [
        (1, "status", "filtered", 1), (2, "land", "filtered", 1), (3, "land", "filtered", 1),
    ]  # fmt: skip
    assert result.rejects["is_filtered"].all()
    assert result.rows["record_number"].to_list() == [4]


def test_long_files_choose_the_rule_by_another_column() -> None:
    rule = {"columns": ["score"], "scale": {"min": 0, "max": 10}, "when": {"metric": "NPS"}}
    other = {"columns": ["score"], "scale": {"min": 1, "max": 5}, "when": {"metric": ["csat", "c"]}}
    how = source(values=[{**rule, "item": "nps"}, {**other, "item": "csat"}])
    result = mapped(
        how,
        {**GOOD, "metric": "nps"},
        {**GOOD, "metric": "CSAT", "score": "4"},
        {**GOOD, "metric": "ces"},
        {**GOOD, "metric": "c"},
    )

    assert result.rows.sort("record_number")["item_code"].to_list() == ["nps", "csat"]
    assert reasons(result) == [(3, "metric", "no_rule", 1), (4, "score", "out_of_scale", 1)]


def test_a_record_at_fault_counts_every_row_it_would_have_made() -> None:
    record = {"email": "", "wave": "w", "at": "2025-07-01", "done": "", "q1": "1", "q2": "2",
              "q3": "ja", "text": ""}  # fmt: skip
    result = mapped(survey(), record)

    assert reasons(result) == [(1, "email", "missing_required", 3)]
    assert result.n_read == 3


def test_published_scores_may_be_withheld() -> None:
    how = Source.model_validate(
        {
            "name": "scores", "table": "unit_scores", "location": "x.csv", "suppressed": ["S"],
            "columns": {"period_ref": {"value": "2016-17"}, "location_ref": "school",
                        "n_respondents": "n"},
            "values": [{"columns": ["share"], "voice": "employee", "scale": {"min": 0, "max": 1}}],
        }
    )  # fmt: skip
    result = mapped(
        how,
        {"school": "1", "n": "12", "share": "0.5"},
        {"school": "2", "n": "S", "share": "s"},
        {"school": "3", "n": "4.5", "share": "0.5"},
    )

    assert result.rows["suppressed_at_source"].to_list() == [False, True]
    assert result.rows["score_raw"].to_list() == [0.5, None]
    assert result.rows["n_respondents"].to_list() == [12, None]
    assert reasons(result) == [(3, "n", "not_a_number", 1)]


def test_a_person_gives_a_row_per_identifier() -> None:
    how = Source.model_validate(
        {
            "name": "people", "table": "person_identifiers", "location": "x.csv",
            "columns": {"employee_key": {"column": "number", "id_type": "employee_id"},
                        "valid_to": {"column": "to", "last_day_included": True}},
            "identifiers": [{"column": "mail", "id_type": "email"},
                            {"column": "agent", "id_type": "agent"}],
        }
    )  # fmt: skip
    result = mapped(
        how,
        {"number": "7", "to": "2025-01-31", "mail": " A@X.org", "agent": ""},
        {"number": "", "to": "", "mail": "b@x.org", "agent": "9"},
    )

    names = Pseudonymizer(SECRET, {})
    assert result.rows.select("id_type", "id_key", "employee_key", "valid_to").rows() == [
        ("email", names.key("a@x.org", "email"), names.key("7", "employee_id"), dt.date(2025, 2, 1))
    ]
    assert reasons(result) == [
        (1, "agent", "blank_identifier", 1), (2, "number", "missing_required", 2),
    ]  # fmt: skip
    assert result.n_read == 4


def test_codes_are_recoded_or_rejected() -> None:
    how = Source.model_validate(
        {
            "name": "units", "table": "units", "location": "x.csv",
            "columns": {"unit_level": {"column": "kind", "recode": {"Filiale": "location"}},
                        "unit_ref": "code"},
        }
    )  # fmt: skip
    result = mapped(how, {"kind": "FILIALE", "code": "1"}, {"kind": "Lager", "code": "2"})

    assert result.rows["unit_level"].to_list() == ["location"]
    assert reasons(result) == [(2, "kind", "unknown_code", 1)]


TEXTS = st.none() | st.sampled_from(
    ["", " ", "1", "5", "7.0", "11", "NaN", "S", "n/a", "x@y.org", "2025-01-01", "nps", "ces", "ß",
     "2025-03-30T02:30", "TRUE", "\u00a0", "drop"]
)  # fmt: skip
RULES = [
    {"values": [{"columns": ["score"], "item": "nps", "scale": {"min": 0, "max": 10}}]},
    {"values": [{"columns": ["score", "extra"], "scale": {"min": 1, "max": 5}}]},
    {"values": [
        {"columns": ["score"], "item": "a", "scale": {"min": 0, "max": 10},
         "when": {"store": "nps"}},
        {"columns": ["score"], "item": "b", "scale": {"min": 1, "max": 5},
         "when": {"store": ["ces", "nps"], "extra": "1"}, "recode": {"ß": 2}},
    ], "filters": [{"column": "extra", "drop": ["drop"]}], "comment": "id"},
]  # fmt: skip


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(RULES),
    st.lists(
        st.fixed_dictionaries(dict.fromkeys([*GOOD, "extra"], TEXTS)), min_size=1, max_size=12
    ),
)
def test_every_row_asked_for_is_kept_or_rejected(rules: dict, records: list[dict]) -> None:
    how = source(**rules, missing=["n/a"])
    result = mapped(how, *records)

    assert result.n_read == result.rows.height + (result.rejects["n_rows"].sum() or 0)
    assert result.n_read >= len(records)
    told = set(result.rows["record_number"]) | set(result.rejects["record_number"])
    assert told == set(range(1, len(records) + 1))
    assert set(result.rejects["reason"]) <= set(REJECT_REASONS)
    table = SOURCE_TABLES[how.table]
    assert all(table.schema[name] == kind for name, kind in result.rows.schema.items())
    for column in table.columns:
        if column.required and column.name in result.rows.columns:
            assert result.rows[column.name].null_count() == 0, column.name


def test_no_text_column_lands_an_address() -> None:
    result = mapped(source(), {**GOOD, "store": "Harbour, ask jo.doe@x.org"},
                    {**GOOD, "store": "T1@L1"})  # fmt: skip
    assert result.rows["location_ref"].to_list() == ["Harbour, ask <EMAIL>", "T1@L1"]
