"""Names that meet no unit: listed with their weight, approved once, and a rise stops a run."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.pipeline.runs import comparable, crossvoice, private

PROGRAM = """
program: shops
title: Shops whose names disagree
period: month
start: 2025-01-01
end: 2025-02-28
privacy: {thresholds: {employee: 3, customer: 3}}
org: {unit: location, max_unattributed_share: 0.9, max_unattributed_rise: 0.1}
metrics:
  - {id: mood, label: Mood, voice: employee, items: [mood]}
  - {id: nps, label: NPS, voice: customer, kind: net_promoter, items: [nps]}
sources:
  - name: survey
    table: employee_responses
    location: survey.csv
    columns:
      respondent_key: {column: who, id_type: number}
      survey: {value: pulse}
      wave: {value: w1}
      answered_at: day
      location_ref: shop
    values: [{columns: [mood], scale: {min: 1, max: 5}}]
  - name: feedback
    table: customer_feedback
    location: feedback.csv
    columns: {feedback_id: id, occurred_at: day, location_ref: shop}
    values: [{columns: [nps], scale: {min: 0, max: 10}, kind: nps}]
  - name: shops
    table: units
    location: shops.csv
    columns: {unit_level: {value: location}, unit_ref: code, unit_name: name}
"""


def write(path: Path, header: list[str], rows: list[tuple]) -> None:
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def feedback(folder: Path, names: list[str]) -> None:
    """Twelve events for each of three shops, named as given."""
    rows = [(f"{n}-{i}", "2025-01-10", name, 7 + i % 4)
            for n, name in enumerate(names) for i in range(12)]  # fmt: skip
    write(folder / "feedback.csv", ["id", "day", "shop", "nps"], rows)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shops")
    (folder / "program.yaml").write_text(PROGRAM)
    shops = [("S1", "Old Town"), ("S2", "Munchen 7"), ("S3", "Harbour Street"), ("S4", "Store 12")]
    write(folder / "shops.csv", ["code", "name"], shops)
    places = ["old town ", "S2", "S3", "Store 13"]
    rows = [(f"{n}{i}", "2025-01-08", place, 1 + i % 5)
            for n, place in enumerate(places) for i in range(10 if n < 3 else 4)]  # fmt: skip
    write(folder / "survey.csv", ["who", "day", "shop", "mood"], rows)
    feedback(folder, ["Old Town", "M\u00fcnchen 7", "Habour Street"])
    return folder


def test_listed_approved_and_used_and_a_rise_stops_the_run(folder: Path) -> None:
    home = folder / "home"
    asked = ("--program", str(folder))
    first = crossvoice(home, "run", *asked)
    assert first.code == 0, first.output
    listed = crossvoice(home, "aliases", *asked)
    assert "employee side: 1 name, 4 employees behind it" in listed.output
    assert "customer side: 1 name, 12 events behind it" in listed.output
    assert "'Habour Street': 12 events" in listed.output
    assert "S3 (Harbour Street)" in listed.output
    assert "no name is like it" in listed.output  # Store 13 is not Store 12
    assert not (folder / "aliases.csv").exists()  # a proposal is never applied
    status = crossvoice(home, "status", *asked).output
    assert "36 answers and scores: 66.7% reach a unit, 33.3% no unit" in status
    assert "not matched: 2 names, see `crossvoice aliases`" in status

    refused = crossvoice(home, "aliases", *asked, "--approve", "Habour Street=S9")
    assert refused.code == 2
    assert "There is no location 'S9'; nothing was approved." in refused.output
    unknown = crossvoice(home, "aliases", *asked, "--approve", "Nowhere=S1")
    assert "'Nowhere' is not among the names" in unknown.output
    assert "Not matched: 2 names, see `crossvoice aliases`" in first.output
    assert "one of: S3" in unknown.output or "one of: Habour Street" in unknown.output
    spelt = crossvoice(home, "aliases", *asked, "--approve", "habour  street=HARBOUR street",
                       "--by", "Ada")  # fmt: skip
    assert "'Habour Street' = S3" in spelt.output
    (folder / "aliases.csv").unlink()
    approved = crossvoice(home, "aliases", *asked, "--approve-above", "0.9", "--by", "Ada")
    assert "'Habour Street' = S3" in approved.output
    assert "approved as S3" in crossvoice(home, "aliases", *asked).output
    table = (folder / "aliases.csv").read_text().splitlines()
    assert table[0] == "alias_level,alias,unit_ref,approved_by,approved_at"
    assert table[1].startswith("location,Habour Street,S3,Ada,20")

    before = comparable(home)
    feedback(folder, ["Altstadt", "Muc", "Habour Street"])
    second = crossvoice(home, "run", *asked)
    assert second.code == 1
    assert "has risen since the last release" in second.output
    assert "The last release is untouched" in second.output
    assert all(frame.equals(comparable(home)[name]) for name, frame in before.items())
    reached = private(home, "select sum(n_rows_in_unit) from marts.attribution_summary"
                            " where voice = 'customer'")  # fmt: skip
    assert reached.item() == 12  # the approved name
