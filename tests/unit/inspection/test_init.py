"""Files nobody declared: the program `init` writes runs unchanged, or asks the right question."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner

from pipelines.cli.main import main
from pipelines.connectors.file import PullResult, pull
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.model import Program
from pipelines.program.reading import read_program
from pipelines.settings import Settings
from tests.unit.connectors.homes import SECRET
from tests.unit.inspection import exports


def called(*words: object) -> str:
    """Output of a command that must succeed."""
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == 0, result.output
    return result.output


def questions(folder: Path) -> list[str]:
    lines = (folder / "program.yaml").read_text("utf-8").splitlines()
    return [line.strip() for line in lines if line.strip().startswith("# ?")]


Landed = tuple[Program, dict[str, PullResult]]


def pull_all(folder: Path) -> Landed:
    """The program, and what its sources land."""
    program = read_program(folder)
    settings = Settings(folder, folder / "home")
    keys = Pseudonymizer(SECRET, program.org.identifiers)
    return program, {s.name: pull(s, program, settings, keys) for s in program.sources}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Gives the program that `init` writes for a pair of files; made once, to be looked at only."""

    @cache
    def make(name: str) -> Path:
        folder = tmp_path_factory.mktemp("pair")
        called("init", *exports.PAIRS[name][0](folder), "--into", folder / "program")
        return folder / "program"

    return make


@pytest.fixture(scope="module")
def landed(made: Callable[[str], Path]) -> Callable[[str], Landed]:
    """Gives the program of a pair of files and what it lands."""
    return cache(lambda name: pull_all(made(name)))


@pytest.mark.parametrize("name", exports.PAIRS)
def test_the_program_runs_unchanged_or_asks_what_must_be_asked(
    name: str, made: Callable[[str], Path], landed: Callable[[str], Landed]
) -> None:
    folder = made(name)

    asked, wanted = questions(folder), exports.PAIRS[name][1]
    assert all(any(words in line for line in asked) for words in wanted), asked
    assert bool(asked) == bool(wanted), asked
    program, results = landed(name)
    for source, result in results.items():
        assert result.total("rows_kept") > 0, source
        assert result.total("rows_rejected") == result.total("rows_filtered"), source
    voices = {metric.voice for metric in program.metrics}
    if name != "nobody says whose":
        assert voices == {"employee", "customer"}
        assert program.linkage is not None
    assert "to answer" in called("check", "--program", folder) or not asked


EXPECTED = {
    "plain scores": {"staff_2025": 8, "customers_2025": 8},
    "german offices": {"mitarbeiter_2025": 8, "kunden_2025": 8},
    "qualtrics and zendesk": {
        "engagement": 237 * 3, "zendesk_tickets": 342, "hr_list": 240, "hr_list_identifiers": 240,
    },
    "heat map and medallia": {"heatmap": 16, "medallia_2025": 300},
    "surveymonkey and forms": {"staff_survey": 400, "customer_form": 200},
    "glint and hris": {"glint_export": 600, "hris": 200, "hris_identifiers": 200, "nps": 200},
    "french branches": {"salaries": 480, "clients": 240},
    "japanese shops": {"employee_responses": 480, "customer_feedback": 480},
    "json lines and parquet": {"reviews": 240, "employee_pulse": 480},
    "monthly files": {"pulse": 960, "customers": 480},
    "groups in one file": {"school_survey_2024_25": 60},
    "quarters in words": {"employees": 24, "customers": 24},
    "who reports to whom": {
        "hr_people": 120, "hr_people_identifiers": 240, "staff_survey": 240, "tickets": 360,
    },
    "two header lines": {"both_2025": 16},
    "merged years": {"mitarbeiter": 16, "kunden": 240},
    "hotels": {"enquete_salaries": 320, "avis_clients": 160},
    "health centres": {"usuarios": 40, "clima_laboral": 40},
    "contact centre": {"hr_extract": 120, "hr_extract_identifiers": 240, "pulse": 240,
                       "tickets": 360},
    "zip and old japanese": {"employee_responses": 80, "customer_feedback": 80},
    "dutch bakeries": {"medewerkersonderzoek": 320, "klantreviews": 200, "personeelslijst": 160},
    "words nobody knows": {"staff": 320, "guests": 200},
}  # fmt: skip


@pytest.mark.parametrize("name", EXPECTED)
def test_every_answer_of_the_files_is_landed(name: str, landed: Callable[[str], Landed]) -> None:
    _, results = landed(name)

    assert {s: r.total("rows_kept") for s, r in results.items()} == EXPECTED[name]


def test_the_guesses_that_matter(made: Callable[[str], Path]) -> None:
    program = read_program(made("qualtrics and zendesk"))
    survey, tickets = program.sources[:2]
    assert (survey.table, survey.skip_rows) == ("employee_responses", 2)
    assert survey.filters[0].drop == ["Survey Preview"]
    assert survey.values[0].recode["Neither agree nor disagree"] == 3
    assert tickets.values[0].recode == {"bad": 0, "good": 1}

    french = read_program(made("french branches")).sources[0]
    assert french.columns["answered_at"].language == "fr"
    assert french.missing == ["sans réponse"]

    german = read_program(made("german offices"))
    assert german.sources[1].values[0].direction == "lower"
    assert german.sources[0].decimal == ","
    assert german.sources[0].footnotes == ["Gesamt$", "Quelle:"]

    quarters = read_program(made("quarters in words"))
    assert (quarters.period, quarters.start) == ("quarter", dt.date(2025, 1, 1))
    assert quarters.sources[0].columns["period_ref"].recode["Q3 2025"] == "2025-Q3"

    medallia = read_program(made("heat map and medallia"))
    assert medallia.sources[0].header_row == 3
    assert medallia.sources[1].columns["occurred_at"].format == "%m/%d/%Y %I:%M %p"
    assert [m.kind for m in medallia.metrics if m.voice == "customer"] == ["net_promoter"]


SHORT = {"plain scores": 12, "two header lines": 11, "json lines and parquet": 12,
         "quarters in words": 14, "monthly files": 15}  # fmt: skip


@pytest.mark.parametrize("name", SHORT)
def test_a_plain_program_is_short(name: str, made: Callable[[str], Path]) -> None:
    text = (made(name) / "program.yaml").read_text("utf-8")
    lines = [line for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]

    assert len(lines) <= SHORT[name]


def test_two_plain_files_and_a_staff_list_take_fifteen_lines(tmp_path: Path) -> None:
    staff = ["employee number,store"] + [f"{1000 + i},Store {i % 8}" for i in range(96)]
    survey = ["employee number,submitted,proud,valued"] + [
        f"{1000 + i},2025-03-{1 + i % 28:02d},{1 + i % 5},{1 + (i + i % 2) % 5}" for i in range(96)
    ]
    tickets = ["ticket id,created at,store,csat"] + [
        f"T{i},2025-03-{1 + i % 28:02d},Store {i % 8},{1 + i % 5}" for i in range(300)
    ]
    files = {"staff list": staff, "survey": survey, "tickets": tickets}
    for name, lines in files.items():
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
    called("init", *(tmp_path / f"{n}.csv" for n in files), "--into", tmp_path / "my company")
    text = (tmp_path / "my company" / "program.yaml").read_text("utf-8")
    assert len([x for x in text.splitlines() if x.strip() and x.strip()[0] != "#"]) <= 15, text
    program, results = pull_all(tmp_path / "my company")

    assert not questions(tmp_path / "my company")
    assert {s: r.total("rows_kept") for s, r in results.items()} == {
        "staff_list": 96, "survey": 192, "tickets": 300,
    }  # fmt: skip
    assert program.linkage is not None
    assert (program.program, program.org.unit) == ("my_company", "location")


def test_answers_of_each_period_count_where_the_export_names_no_wave(tmp_path: Path) -> None:
    people = [f"person{i}@made.example" for i in range(30)]
    staff = ["email,submitted,store,engaged"] + [
        f"{who},2025-{month:02d}-{3 + i % 20:02d},S{i % 6},{1 + (i + month) % 5}"
        for month in range(1, 9)
        for i, who in enumerate(people)
    ]
    guests = ["case,created,store,nps"] + [
        f"C{month}{i},2025-{month:02d}-{1 + i % 27:02d},S{i % 6},{(i * 7 + month) % 11}"
        for month in range(1, 9)
        for i in range(40)
    ]
    for name, lines in (("staff", staff), ("guests", guests)):
        (tmp_path / f"{name}.csv").write_text("\n".join(lines))
    called("init", tmp_path / "staff.csv", tmp_path / "guests.csv", "--into", tmp_path / "program")

    program, results = pull_all(tmp_path / "program")
    (source,) = (s for s in program.sources if s.table == "employee_responses")
    assert results[source.name].total("rows_kept") == 30 * 8
    landed_rows = (tmp_path / "program" / "home").rglob("employee_responses.parquet")
    rows = pl.concat([pl.read_parquet(path) for path in landed_rows])
    assert rows.select("respondent_key", "wave").unique().height == 30 * 8


def test_teams_are_made_of_managers_where_nothing_else_names_them(
    made: Callable[[str], Path],
) -> None:
    program = read_program(made("who reports to whom"))

    assert (program.org.unit, program.org.teams) == ("team_location", "managers")
    kinds = {m.id_type for s in program.sources for n, m in s.columns.items() if n.endswith("_key")}
    assert kinds == {"employee_id", "email", "agent"}


def test_no_value_of_a_person_is_written_or_shown(made: Callable[[str], Path]) -> None:
    folder = made("qualtrics and zendesk")
    shown = called("check", "--program", folder) + (folder / "program.yaml").read_text("utf-8")

    for secret in ("p17@example.org", "R_0017", "192.0.2.1", "thank you", "00017", "C17"):
        assert secret not in shown


def test_the_column_where_files_meet_is_not_said_to_be_unread(tmp_path: Path) -> None:
    """`Store No` is no name that tells a place; that both files hold the same codes does."""
    shops = [f"{100 + i}" for i in range(30)]
    listed = "\n".join(f"{shop},Town {shop},North" for shop in shops)
    (tmp_path / "stores.csv").write_text(f"Store No,Store Name,Region\n{listed}\n")
    said = "\n".join(f"A{i},2025-03-0{i % 9 + 1},{shops[i % 30]},{i % 11}" for i in range(90))
    (tmp_path / "answers.csv").write_text(f"Survey ID,Response Date,Unit,NPS\n{said}\n")
    files = [str(tmp_path / name) for name in ("answers.csv", "stores.csv")]
    called("init", *files, "--into", tmp_path / "program")
    text = (tmp_path / "program" / "program.yaml").read_text()
    assert "unit_ref: Store No" in text
    assert "# not read: region" in text


def test_a_program_is_never_overwritten(made: Callable[[str], Path]) -> None:
    folder = made("plain scores")
    before = (folder / "program.yaml").read_text("utf-8")
    result = CliRunner().invoke(
        main, ["init", str(folder.parent / "staff_2025.csv"), "--into", str(folder)]
    )

    assert result.exit_code == 2
    assert "holds a program already" in result.output
    assert (folder / "program.yaml").read_text("utf-8") == before


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "The file is empty"),
        ("name,town\nAnna,Ulm\nBen,Bonn\n", "None of the files holds scores"),
        ("store,score\n", "column names and no records"),
        ("\n\n,,\n", "No row of the file looks like column names"),
    ],
)
def test_a_file_that_shows_nothing_is_told(content: str, message: str, tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content)
    result = CliRunner().invoke(main, ["init", str(path), "--into", str(tmp_path / "p")])

    assert result.exit_code == 2
    assert message in result.output
    assert "mend:" in result.output
    assert not (tmp_path / "p").exists()


PUBLIC = os.environ.get("CROSSVOICE_PUBLIC_DATA")


@pytest.mark.skipif(PUBLIC is None, reason="CROSSVOICE_PUBLIC_DATA is not set")
@pytest.mark.parametrize(
    ("files", "items", "asked"),
    [
        (["baltimore/SY16-17 School Level _OFFICIAL_0.xlsx"],
         {"staff_satisfaction_with_school_dimension_score",
          "parents_satisfaction_with_school_dimension_score"}, "Which pair"),
        (["chicago/Chicago_Public_Schools_-_Elementary_School_Progress_Report__2013-2014_.csv"],
         {"collaborative_teachers"}, "No scores of customers"),
        (["qld_exit_surveys/dete_survey.csv", "nhs_fft_comments/v6framework_230831.csv"],
         {"staff_morale", "fft_categorical_answer"}, "what do these texts mean: M?"),
        (["qld_exit_surveys/tafe_survey.csv"], set(), "No scores of customers"),
    ],
)  # fmt: skip
def test_real_files(files: list[str], items: set[str], asked: str, tmp_path: Path) -> None:
    called("init", *(Path(PUBLIC or "") / file for file in files), "--into", tmp_path / "p")
    program = read_program(tmp_path / "p")

    found = {rule.item_of(c) for s in program.sources for rule in s.values for c in rule.columns}
    assert items <= found
    assert any(asked in line for line in questions(tmp_path / "p"))
