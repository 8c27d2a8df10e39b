"""Retention: rows go by their own date, once a month, and their counts stay."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from pipelines.privacy.erasure import TRAIL_FILE, first_day_kept
from pipelines.privacy.kept_records import keep_record, read_records
from tests.pipeline.persons.office import ROWS, Office, lonely_record

NOW = dt.datetime.now(dt.UTC).date()


def days_ago(days: int) -> str:
    return str(NOW - dt.timedelta(days=days))


def test_old_rows_go_when_they_are_landed_and_later(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.write("people", ROWS["people"])
    old, new = days_ago(800), days_ago(40)
    survey = [("anna@x.org", "w", old, "4", "old"), ("ben@x.org", "w", new, "4", "new")]
    tickets = [("F1", old, "C1", "A1", "9", "old"), ("F2", new, "C1", "A1", "9", "new")]
    office.write("survey", survey)
    office.write("tickets", tickets)
    office.pull()
    assert office.landed("tickets", "customer_feedback").height == 2

    office.retention = "24 months"
    office.pull()

    assert office.landed("tickets", "customer_feedback")["feedback_id"].to_list() == ["F2"]
    assert office.landed("survey", "comments")["redacted_text"].to_list() == ["new"]
    assert office.state()["survey/survey.csv"][:2] == [1, 1]
    trail = [json.loads(x) for x in (office.settings.keep / TRAIL_FILE).read_text().splitlines()]
    told = {(e["what"], e["source"], e["rows_erased"]) for e in trail}
    assert {("retention", "survey", 1), ("retention", "tickets", 1)} <= told

    before = office.state()
    office.write("tickets", [("F9", old, "C1", "A1", "9", "older")], part="_late")
    office.pull()
    assert office.state() | before == office.state()
    assert office.state()["tickets/tickets_late.csv"][:2] == [0, 1]


def test_what_hidden_groups_said_leaves_the_records_when_rows_do(tmp_path: Path) -> None:
    office = Office(tmp_path)
    office.write_all()
    office.pull()
    keep_record(office.settings, "r1", lonely_record())
    office.pull()
    assert read_records(office.settings)["r1"].equals(lonely_record())
    office.retention = "12 months"
    office.pull()
    assert read_records(office.settings)["r1"]["value"].to_list() == [None]


def test_a_longer_retention_does_not_bring_rows_back(tmp_path: Path) -> None:
    office = Office(tmp_path, retention="12 months")
    office.write_all()
    office.pull()
    office.retention = "50 years"
    office.pull()
    assert office.landed("tickets", "customer_feedback").is_empty()


@pytest.mark.parametrize(
    ("months", "day"),
    [(1, "2025-12-01"), (12, "2025-01-01"), (13, "2024-12-01"), (24, "2024-01-01")],
)
def test_whole_months_are_kept(months: int, day: str) -> None:
    assert str(first_day_kept(months, dt.date(2026, 1, 31))) == day
