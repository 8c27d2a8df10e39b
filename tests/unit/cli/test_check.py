"""What `crossvoice check` says of a program before anything runs."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pipelines import warehouse
from pipelines.cli.main import main
from pipelines.connectors import preview
from pipelines.settings import load_settings
from tests.unit.connectors.homes import Panic, fail_in_b

PROGRAM = """\
period: month
start: 2025-01-01
metrics: [{id: mood, voice: employee}, {id: nps, voice: customer}]
sources:
  - name: staff
    table: unit_scores
    location: staff/*.csv
    columns: {location_ref: store, period_ref: month}
    values: [{columns: [mood], voice: employee, scale: {min: 1, max: 5}}]
  - table: unit_scores
    location: customers.csv
    columns: {location_ref: store, period_ref: month}
    values: [{columns: [nps], voice: customer, scale: {min: 0, max: 10}}]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A program of three files of staff and one of customers."""
    (tmp_path / "staff").mkdir()
    for name in "abc":
        rows = f"store,month,mood\nS{name},2025-01,4\n"
        (tmp_path / "staff" / f"{name}.csv").write_text(rows)
    (tmp_path / "customers.csv").write_text("store,month,nps\nSa,2025-01,7\n")
    (tmp_path / "program.yaml").write_text(PROGRAM)
    return tmp_path


def check(folder: Path) -> Result:
    return CliRunner().invoke(main, ["check", "--program", str(folder)], catch_exceptions=False)


@pytest.mark.parametrize("fault", [ZeroDivisionError("Sb"), Panic("Sb"), PermissionError(13, "no")])
def test_a_file_that_nobody_foresaw_is_named_and_the_others_are_checked(
    fault: BaseException, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_in_b(preview, fault, monkeypatch)
    result = check(folder)
    assert result.exit_code == 2
    if not isinstance(fault, OSError):
        told = f"by a fault of its own: {type(fault).__name__} (pipelines/connectors/preview.py:"
        assert told in result.output
    assert f"where: {folder}/staff/b.csv" in result.output
    assert "all 2 records: 2 rows kept" in result.output
    assert "1 of 3 files cannot be read" in result.output
    assert "customers: 1 file" in result.output
    assert "Sb" not in result.output


def test_a_source_of_which_no_file_can_be_read_stops_no_other(folder: Path) -> None:
    for name in "abc":
        (folder / "staff" / f"{name}.csv").write_text("store,mood\nS,4\n")
    result = check(folder)
    assert result.exit_code == 2
    assert "staff cannot be read" in result.output
    assert result.output.count("staff/") == 3
    assert "customers: 1 file" in result.output


def test_what_nobody_foresaw_in_showing_a_source_is_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.cli.check_source.profile", lambda *_, **__: 1 // 0)
    result = check(folder)
    assert result.exit_code == 2
    assert "fault of its own: ZeroDivisionError (pipelines/cli/check_source.py:" in result.output
    assert "where: customers.csv" in result.output


ALIASES_HEADER = "alias_level,alias,unit_ref,approved_by,approved_at"
ASKED = """\
# ? Which pair is your question,
#   before you see any result?
period: month
# ? [Whose] answers?
"""


@pytest.mark.parametrize("has_problem", [False, True])
def test_open_questions_are_counted_and_named_with_their_lines(
    has_problem: bool, folder: Path
) -> None:
    (folder / "program.yaml").write_text(PROGRAM.replace("period: month\n", ASKED))
    if has_problem:
        (folder / "customers.csv").unlink()
    result = check(folder)
    assert result.exit_code == (2 if has_problem else 0)
    assert (
        f"2 questions of `crossvoice init` to answer in {folder}/program.yaml:\n"
        "  program.yaml:1: Which pair is your question, before you see any result?\n"
        "  program.yaml:4: [Whose] answers?\n"
    ) in result.output


def test_a_program_that_asks_nothing_says_nothing_of_questions(folder: Path) -> None:
    assert "to answer" not in check(folder).output


def test_the_first_reject_is_named_with_its_own_file_and_line(folder: Path) -> None:
    for name, scores in {"a": (4, 4, 9), "b": (9, 4, 4)}.items():
        rows = "".join(f"S{i},2025-01,{score}\n" for i, score in enumerate(scores))
        (folder / "staff" / f"{name}.csv").write_text(f"store,month,mood\n\n{rows}")
    told = "    2 x 'mood', first a.csv: record 3, line 5 (number):\n"
    assert told in check(folder).output


def test_codes_that_may_be_names_are_told_from_blanks(folder: Path) -> None:
    """Nobody declared `N/A`, so a run takes it for a store."""
    rows = "Sb,2025-01,4\nSb,2025-02,4\nN/A,2025-01,3\n,2025-01,2\n"
    for name in "bc":
        (folder / "staff" / f"{name}.csv").unlink()
    (folder / "staff" / "a.csv").write_text(f"store,month,mood\n{rows}")
    told = " ".join(check(folder).output.split())
    assert "50% blank or 'N/A'" in told
    path = folder / "program.yaml"
    path.write_text(PROGRAM.replace("  - name: staff\n", "  - name: staff\n    missing: [n/a]\n"))
    told = " ".join(check(folder).output.split())
    assert "50% blank" in told
    assert "or 'N/A'" not in told


def test_a_file_that_would_stop_a_run_is_told_beside_larger_ones(folder: Path) -> None:
    """The limit on rejects holds for each file."""
    many = "".join(f"S{i},2025-01,4\n" for i in range(100))
    (folder / "staff" / "a.csv").write_text(f"store,month,mood\n{many}")
    (folder / "staff" / "c.csv").write_text("store,month,mood\nSc,2025-01,40\n")
    result = check(folder)
    assert result.exit_code == 2
    assert "Source staff would stop a run: it rejects 100.0% of the rows tried" in result.output
    assert "where: c.csv" in result.output


@pytest.mark.parametrize(
    ("columns", "is_told"),
    [("team_ref: store", True), ("location_ref: store", False),
     ("team_ref: store, n_respondents: n", False)],
)  # fmt: skip
def test_scores_of_teams_that_cannot_make_their_locations_are_told(
    columns: str, is_told: bool, folder: Path
) -> None:
    (folder / "customers.csv").write_text("store,month,nps,n\nSa,2025-01,7,9\n")
    here, there = PROGRAM.rsplit("location_ref: store", 1)
    (folder / "program.yaml").write_text(f"org: {{unit: location}}\n{here}{columns}{there}")
    told = "scores of several teams of one location need n_respondents"
    assert (told in check(folder).output) == is_told


@pytest.mark.parametrize("unit", ["Harbor Street", "L1"])
def test_an_alias_of_no_unit_is_told_by_the_units_of_the_last_run(
    unit: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("CROSSVOICE_HOME", str(home))
    with warehouse.connect(load_settings(str(folder)).warehouse) as con:
        con.execute(
            "create schema intermediate; create schema staging;"
            "create table staging.stg_unit_aliases (alias_level text, alias text, unit_ref text);"
            "create table intermediate.int_unit_references_found as select * from (values"
            " ('location', 'L1', 1, false), ('location', 'Harbour Street', 1, false))"
            " as found(unit_level, reference, n_rows, is_made);"
            "create table intermediate.int_unit_references_resolved as select * from (values"
            " ('location', 'L1', 'l1', 'L1', 'code'),"
            " ('location', 'Harbour Street', 'harbour street', 'L1', 'name'))"
            " as resolved(unit_level, reference, reference_key, canonical_ref, resolution)"
        )
    row = f"location,Docks,{unit},Ada,2025-01-01"
    (folder / "aliases.csv").write_text(f"{ALIASES_HEADER}\n{row}\n")
    told = "does nothing: no location is called 'Harbor Street'; close: 'Harbour Street'"
    assert (told in check(folder).output) == (unit != "L1")


def test_a_mistake_in_the_aliases_hides_no_other(folder: Path) -> None:
    (folder / "aliases.csv").write_text("alias\nDocks\n")
    (folder / "customers.csv").unlink()
    output = check(folder).output
    assert f"columns: {ALIASES_HEADER.replace(',', ', ')}" in output
    assert "finds no file" in output
