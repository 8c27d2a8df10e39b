"""The files as a whole: layout, sizes, determinism, refusal."""

import csv
import hashlib
from pathlib import Path

import pytest

from pipelines.demo import company, generate
from pipelines.demo.__main__ import main
from pipelines.demo.plan import MOST_TEAMS, make_plan
from tests.unit.demo.written import SMALL, Company

COLUMNS = {
    "hr/hris_assignments.csv": "employee_id,team_code,location_code,manager_id,"
    "effective_from,effective_to",
    "hr/employee_ids.csv": "employee_id,work_email,agent_id,valid_from,valid_to",
    "hr/units.csv": "level,code,name,parent_code,valid_from,valid_to",
    "hr/unit_lineage.csv": "kind,level,from_code,to_code,effective_date,share",
    "hr/location_aliases.csv": "alias,location_code,approved_by,approved_at",
    "survey/invitations.csv": "wave,email,invited_at",
    "survey/engagement_2025-01.csv": "response_id,email,wave,status,submitted_at,language,"
    "finished,q01,q02,q03,q04,q05,q06,q07,q08,comment",
    "feedback/ticket_groups.csv": "ticket_group,team_code,valid_from,valid_to",
    "feedback/feedback_2025-01.csv": "feedback_id,created_at,updated_at,channel,touchpoint,"
    "journey_stage,metric,score,customer_id,team,agent_id,ticket_group,store,language,comment",
}


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes(small: Company, tmp_path: Path) -> None:
    generate(tmp_path / "again", seed=11, **SMALL)
    assert digests(tmp_path / "again") == digests(small.folder)


def test_another_seed_is_another_company(small: Company, tmp_path: Path) -> None:
    generate(tmp_path / "other", seed=12, **SMALL)
    theirs, ours = digests(tmp_path / "other"), digests(small.folder)
    assert theirs.keys() == ours.keys()
    assert not [name for name in ours if ours[name] == theirs[name]]


@pytest.mark.parametrize("name", COLUMNS)
def test_header(small: Company, name: str) -> None:
    with (small.folder / name).open(encoding="utf-8") as file:
        assert file.readline().rstrip("\n") == COLUMNS[name]


def test_one_file_per_month(small: Company) -> None:
    months = [f"2025-{month:02d}" for month in range(1, 7)]
    feedback = sorted(p.name for p in (small.folder / "feedback").glob("feedback_*.csv"))
    survey = sorted(p.name for p in (small.folder / "survey").glob("engagement_*.csv"))
    assert feedback == [f"feedback_{month}.csv" for month in months]
    assert survey == [f"engagement_{month}.csv" for month in months]


def test_growth_flags_are_honoured(tmp_path: Path) -> None:
    wanted = {"feedback_rows": 240_000, "survey_rows": 400_000}
    summary = generate(tmp_path / "grown", **wanted, truth_rows=False)
    lines = items = 0
    for path in (tmp_path / "grown" / "feedback").glob("feedback_*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            lines += sum(1 for _ in csv.reader(file)) - 1
    for path in (tmp_path / "grown" / "survey").glob("engagement_*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            items += sum(bool(r[f"q0{i}"]) for r in csv.DictReader(file) for i in range(1, 9))
    assert lines == summary.feedback_rows == pytest.approx(wanted["feedback_rows"], rel=0.01)
    assert items == summary.item_answers == pytest.approx(wanted["survey_rows"], rel=0.01)
    assert summary.teams > 300
    assert not (tmp_path / "grown" / "truth_feedback.parquet").exists()


@pytest.mark.parametrize(
    ("feedback_rows", "survey_rows", "teams"),
    [
        pytest.param(None, None, 300, id="default"),
        pytest.param(1_440_000, None, 2_000, id="more teams first"),
        pytest.param(20_000_000, 5_000_000, MOST_TEAMS, id="then denser cells"),
        pytest.param(1_440_000, 345_600, 300, id="no side thinner than the default"),
    ],
)
def test_teams_grow_first(feedback_rows: int | None, survey_rows: int | None, teams: int) -> None:
    plan = make_plan(
        seed=7,
        locations=None,
        teams=None,
        waves=12,
        feedback_rows=feedback_rows,
        survey_rows=survey_rows,
        truth_rows=True,
    )
    assert (plan.teams, plan.locations) == (teams, teams // 5)


def test_a_foreign_folder_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep")
    with pytest.raises(FileExistsError, match="holds something else"):
        generate(tmp_path, **SMALL)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_failure_leaves_the_old_company(
    small: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "company"
    generate(out, seed=11, **SMALL)

    def fail(*_: object) -> None:
        message = "disk full"
        raise OSError(message)

    monkeypatch.setattr(company, "write_truth", fail)
    with pytest.raises(OSError, match="disk full"):
        generate(out, seed=12, **SMALL)
    assert digests(out) == digests(small.folder)
    assert [path.name for path in tmp_path.iterdir()] == ["company"]


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["--waves", "3"], "--waves is 3"),
        (["--teams", "10", "--locations", "8"], "2 teams per location"),
        (["--feedback-rows", "100"], "too few"),
    ],
)
def test_impossible_sizes_are_refused(
    arguments: list[str], found: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--out", str(tmp_path / "none"), *arguments]) == 2
    assert found in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
