"""Forgetting people: gone from every batch, not brought back, nobody else touched."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipelines import batch_rewriter, forgetting
from pipelines.errors import CrossvoiceError
from pipelines.forgetting import forget, read_identifiers
from pipelines.privacy.erasure import LIST_FILE, TRAIL_FILE
from pipelines.privacy.kept_records import keep_record, read_records
from pipelines.run_start import alone
from tests.pipeline.persons.office import ROWS, Office, dying_before, lonely_record


def forgotten(office: Office, *identifiers: str) -> dict[str, int]:
    listed = read_identifiers("\n".join(identifiers), office.program)
    return forget(listed, office.settings, office.pseudonyms)


def test_a_person_goes_from_every_source_by_any_identifier(office: Office) -> None:
    key = office.pseudonyms.key
    erased = forgotten(office, "email:ANNA@x.org")

    assert erased == {"people": 2, "survey": 1}
    assert key("anna@x.org", "email") not in str(office.state())
    assert key("1", "employee_id") not in str(office.state())
    assert office.landed("survey", "comments")["record_number"].to_list() == [2]
    tickets = office.landed("tickets", "customer_feedback")
    assert tickets["agent_key"].to_list() == [key("A2", "agent"), key("A2", "agent"), None]
    assert tickets["agent_id_type"].to_list() == ["agent", "agent", None]
    assert tickets["customer_key"].null_count() == 0, "the customers' answers stay"


def test_a_customer_goes_with_answers_and_comments(office: Office) -> None:
    assert forgotten(office, "customer:C1") == {"tickets": 2}
    assert office.landed("tickets", "comments")["parent_key"].to_list() == ["F3"]


def test_a_number_that_two_employees_had_is_erased_on_the_days_of_one(office: Office) -> None:
    key = office.pseudonyms.key
    with pytest.raises(CrossvoiceError, match="belonged to 2 employees"):
        forgotten(office, "agent:A2")
    forgotten(office, "employee_id:2")

    agents = office.landed("tickets", "customer_feedback")["agent_key"].to_list()
    assert agents == [None, key("A2", "agent"), key("A1", "agent")]
    assert key("3", "employee_id") in office.landed("people", "person_identifiers")["employee_key"]


def test_both_owners_together_may_be_forgotten_by_their_number(office: Office) -> None:
    forgotten(office, "employee_id:2", "employee_id:3", "agent:A2")
    agents = office.landed("tickets", "customer_feedback")["agent_key"].to_list()
    assert agents == [None, None, office.pseudonyms.key("A1", "agent")]


def test_no_pull_brings_anybody_back(office: Office) -> None:
    forgotten(office, "email:anna@x.org", "customer:C1")
    before = office.state()
    office.pull()
    assert office.state() == before

    office.write("survey", [*ROWS["survey"], ("anna@x.org", "2024", "2024-03-09", "1", "me")])
    office.write("tickets", [*ROWS["tickets"], ("F4", "2025-01-01", "C3", "", "5", "")], part="_2")
    office.pull()

    assert office.landed("survey", "employee_responses").height == 2
    events = office.landed("tickets", "customer_feedback")["feedback_id"].to_list()
    assert events == ["F3", "F3", "F4"]
    assert office.state()["survey/survey.csv"][:2] == [2, 2]


def test_list_and_trail_name_nobody(office: Office) -> None:
    forgotten(office, "email:anna@x.org")
    keep = office.settings.keep
    for name in (LIST_FILE, TRAIL_FILE):
        assert (keep / name).stat().st_mode & 0o077 == 0
        assert "anna" not in (keep / name).read_text().lower()
    (entry,) = [json.loads(line) for line in (keep / TRAIL_FILE).read_text().splitlines()]
    assert entry["rows_erased"] == {"people": 2, "survey": 1}
    assert office.pseudonyms.key("anna@x.org", "email") not in (keep / TRAIL_FILE).read_text()


def test_what_holds_keys_and_can_be_made_again_is_removed(office: Office) -> None:
    for name in ("warehouse.duckdb", "warehouse.duckdb.wal", "published/candidate/card.txt"):
        path = office.settings.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("keys")
    forgotten(office, "email:anna@x.org")
    left = {p.name for p in office.settings.home.rglob("*") if p.is_file()}
    assert not left & {"warehouse.duckdb", "warehouse.duckdb.wal", "card.txt"}


def test_what_hidden_groups_said_leaves_the_records_of_releases(office: Office) -> None:
    keep_record(office.settings, "r1", lonely_record())
    forgotten(office, "email:anna@x.org")
    record = read_records(office.settings)["r1"]
    assert record["value"].to_list() == [None]
    assert record["n_responses"].to_list() == [None]


@pytest.mark.parametrize("text", ["anna@x.org", "phone:123", "email:", "email:a,b,c", ""])
def test_an_identifier_that_cannot_be_read_is_told_without_being_shown(
    office: Office, text: str
) -> None:
    with pytest.raises(CrossvoiceError) as caught:
        read_identifiers(text, office.program)
    assert text == "" or text not in caught.value.text()
    assert "kind:identifier" in caught.value.text()


def test_a_file_may_be_a_list_or_a_table(office: Office) -> None:
    wanted = [("email", "anna@x.org"), ("customer", "C1")]
    for text in ("email:anna@x.org\n\ncustomer: C1\n", 'id_type,identifier\nemail,anna@x.org\n'
                 'customer,"C1"\n'):  # fmt: skip
        assert read_identifiers(text, office.program) == wanted


STOPS = ("keep_erasures", "open_writer", "write_manifest", "remove_other_generations",
         "blank_records", "remove_derived", "add_to_trail")  # fmt: skip


@pytest.mark.parametrize("nth", [1, 2, 4])
@pytest.mark.parametrize("stop", STOPS)
def test_killed_anywhere_and_run_again_it_is_the_same(
    office: Office, tmp_path: Path, stop: str, nth: int
) -> None:
    """The process dies before the nth call of each step; what a next run does completes it."""
    quiet = Office(tmp_path / "quiet")
    quiet.write_all()
    (quiet.settings.keep).mkdir(parents=True)
    for file in office.settings.keep.iterdir():
        (quiet.settings.keep / file.name).write_bytes(file.read_bytes())
    quiet.pull()
    keep_record(office.settings, "r1", lonely_record())
    forgotten(quiet, "email:anna@x.org", "customer:C1")

    try:
        with dying_before(stop, nth, forgetting, batch_rewriter, batch_rewriter.landing):
            forgotten(office, "email:anna@x.org", "customer:C1")
    except KeyboardInterrupt:
        if not (office.settings.keep / LIST_FILE).exists():
            return  # died before it began: nothing was promised
    with alone(office.settings):  # as the next run begins
        pass
    assert read_records(office.settings)["r1"]["value"].to_list() == [None]
    office.pull()

    assert office.state() == quiet.state()
    assert office.pseudonyms.key("anna@x.org", "email") not in str(office.state())
    for path in office.settings.landing.rglob("*.parquet"):
        assert path.name.count(".") == 1 + (path.stem[-1].isdigit())
    kept = {p.parent for p in office.settings.landing.rglob("*.parquet")}
    for folder in kept:
        generations = {p.stem.partition(".")[2] for p in folder.glob("*.parquet")}
        assert len(generations) == 1, "files of another generation are gone"
