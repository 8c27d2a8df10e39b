"""A history that goes wrong in every known way: what counts where, and what is said about it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from pipelines import warehouse
from pipelines.linkage.declared import by_attribution_rule
from pipelines.org_findings import org_findings
from pipelines.panel import read_by_method, read_inputs, read_shared
from pipelines.program.reading import read_program
from pipelines.publishing.tables import score_frames
from tests.pipeline.dbt.conftest import TODAY, Built, at_home, build_all
from tests.pipeline.dbt.reorganised_files import HALF, LED, QUARTERS, staff_rows, write_office
from tests.pipeline.runs import crossvoice, private


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """State of the office's program, from files to the panel."""
    folder = tmp_path_factory.mktemp("office")
    home = folder / "home"
    write_office(folder)
    with at_home(home):
        build_all(Built(folder, home / "warehouse.duckdb", home / "dbt"), str(folder))
        yield home


def records(*wanted: tuple[str, str]) -> list[int]:
    """Record numbers of rows of the HR file, by person and first day."""
    return [n for n, row in enumerate(staff_rows(), start=1) if (row[0], row[4]) in wanted]


def test_every_finding_is_counted_and_names_its_first_record(home: Path) -> None:
    with warehouse.connect(home / "warehouse.duckdb") as con:
        found = org_findings(con, TODAY)
    old = "2020-01-01"
    expected = {
        "repeated": records(("twice", old))[:1],
        "empty": records(("undone", "2025-02-01")),
        "overlapping": records(("moved", old), ("planned", old)),
        "after_gap": records(("back", HALF)),
        "future": records(("planned", "2100-01-01")),
        "own_manager": records(("m0", old)),
        "unknown_manager": records(*((f"x9-{n}", old) for n in range(5))),
        "circle": records(("c1", old), ("c2", old)),
        "below_top_levels": records(("m6", old), ("m7", old)),
    }
    told = {row["finding"]: (row["n_rows"], row["record_number"]) for row in found.to_dicts()}
    assert told == {name: (len(rows), rows[0]) for name, rows in expected.items()}
    rejected = private(home, "select record_number, column_name, reason from raw.rejected_rows")
    assert rejected.rows() == [(records(("swapped", "2025-03-01"))[0], "to", "reversed_interval")]


def test_status_tells_the_findings_within_80_columns(home: Path) -> None:
    status = crossvoice(home, "status", "--program", str(home.parent)).output
    assert "2 x circle" in status
    assert "T3@S2 (until 2025-Q2) may be T3B@S2 (from 2025-Q3): 8 of 8 people" in status
    assert "T5" not in status  # the merge is declared
    assert max(len(line) for line in status.splitlines() if "/" not in line) < 80


@pytest.fixture(scope="module")
def units_of(home: Path) -> dict[tuple[str, str], tuple[str | None, str | None]]:
    """Team and location of each person's answer, by person and quarter."""
    answers = private(
        home, "select landed.record_number, told.team_id, told.location_id, told.wave"
        " from intermediate.int_submissions_attributed as told"
        " join raw.employee_responses as landed using (respondent_key, wave)",
    ).sort("record_number")  # fmt: skip
    people = list(dict.fromkeys(row[0] for row in staff_rows()))
    asked = [(who, quarter) for quarter in QUARTERS for who in people]
    return dict(zip(asked, answers.select("team_id", "location_id").rows(), strict=True))


@pytest.mark.parametrize(
    ("person", "teams"),
    [
        ("T1-0", "T1 T1 T5 T5"), ("T3-0", "T3 T3 T3B T3B"), ("moved", "T4 T4 T5 T5"),
        ("twice", "T4 T4 T4 T4"), ("undone", "T4 T4 T4 T4"), ("swapped", "T4 T4 T4 T4"),
        ("planned", "T4 T4 T4 T4"), ("back", "T4 - T4 T4"),
    ],
)  # fmt: skip
def test_an_answer_belongs_to_the_unit_its_author_was_in_then(
    units_of: dict, person: str, teams: str
) -> None:
    assert [units_of[person, quarter][0] or "-" for quarter in QUARTERS] == teams.split()


def test_managers_make_teams_and_the_levels_above_them(home: Path, units_of: dict) -> None:
    quarter = "2025-Q2"
    teams = {boss: {units_of[f"{boss}-{n}", quarter] for n in range(5)} for boss in LED}
    assert {len(team) for team in teams.values()} == {1}
    team_of = {boss: team.pop() for boss, team in teams.items()}
    assert len({team for team, _ in team_of.values()}) == len(LED)
    assert {units_of["m3", quarter][0]} == {units_of["m4", quarter][0]}  # both report to m1
    place_of = {boss: place for boss, (_, place) in team_of.items()}
    assert place_of["m3"] == place_of["m6"] == place_of["m7"] != place_of["m4"]
    assert place_of["c1"] is None  # m0 and x9 report to nobody, c1 and c2 to each other
    regions = dict(private(home, "select location_id, region_id from marts.dim_locations").rows())
    assert regions[place_of["m3"]] == regions[place_of["m4"]] != regions[place_of["m5"]]
    counted = private(
        home, "select sum(n_rows_in_unit) from marts.attribution_summary"
        " where voice = 'customer' and attribution_method = 'agent'",
    )  # fmt: skip
    assert counted.item() == 4 * 5 * (len(LED) - 1)


def test_lists_of_units_tell_names_and_closures(home: Path) -> None:
    places = private(home, "select location_id, location_name, valid_to from marts.dim_locations"
                           " where location_id like 'S%' order by all")  # fmt: skip
    ever, day = dt.date(9999, 12, 31), dt.date.fromisoformat(HALF)
    assert places.rows() == [("S1", "West", ever), ("S2", "Mill", ever), ("S3", "Docks", day)]


def test_only_the_reorganisation_nobody_declared_is_suspected(home: Path) -> None:
    suspects = private(
        home, "select from_unit_id, to_unit_id, n_people_before, n_people_shared"
        " from marts.reorganisation_suspects where not is_declared",
    )  # fmt: skip
    assert suspects.rows() == [("T3@S2", "T3B@S2", 8, 8)]


def test_merged_teams_are_restated_to_the_one_of_today(home: Path) -> None:
    with warehouse.connect(home / "warehouse.duckdb") as con:
        tables = score_frames(con)
    then = tables["unit_period_scores"].filter(pl.col("team_id").is_in(["T1", "T2"]))
    now = tables["unit_period_scores_restated"].filter(team_id="T5")
    assert now["n_units_then"].to_list() == [2, 2, 1, 1]
    assert now["succession"].to_list() == ["merge", "merge", None, None]
    assert not set(tables["unit_period_scores_restated"]["team_id"]) & {"T1", "T2"}
    for row in now.head(2).to_dicts():
        parts = then.filter(period_id=row["period_id"])
        n = parts["n_employee_responses"]
        mean = (parts["employee_score"] * n).sum() / n.sum()
        assert row["employee_score"] == pytest.approx(mean, abs=0.05 + 1e-9)
        assert row["n_employee_responses"] == n.sum() == 16


def test_an_event_of_two_teams_is_divided_and_counts_whole(home: Path) -> None:
    shares = private(home, "select event_number, sum(share) as total, count(*) as n_units"
                           " from intermediate.int_feedback_shares group by all")  # fmt: skip
    assert shares["total"].to_list() == pytest.approx([1.0] * shares.height)
    assert shares.filter(n_units=2).height == 8
    cells = private(home, "select n_responses, weight, value_mean"
                          " from intermediate.int_customer_cells_shared where period_id = '2025-Q1'"
                          " and unit_id in ('T1@S1', 'T2@S1')")  # fmt: skip
    mean = (5 * 50.0 + 4 * 0.5 * 100.0) / 7  # five events of their own, half of four with 5 stars
    assert cells.rows() == [pytest.approx((9, 7.0, mean))] * 2
    whole = private(
        home, "select sum(n_responses) from intermediate.int_customer_cells_by_method"
        " where period_id = '2025-Q1' and unit_id in ('T1@S1', 'T2@S1')",
    )  # fmt: skip
    assert whole.item() == 14  # the panel has each event once
    program = read_program(home.parent)
    with warehouse.connect(home / "warehouse.duckdb") as con:
        inputs = read_inputs(con, program, "between")
        told = read_by_method(con, program), read_shared(con, program)
    rules = by_attribution_rule(program, inputs, *told).select("rule", "share_of_feedback").rows()
    assert rules[-2:] == [("direct_unit + agent", 1.0), ("shared", 1.0)]
