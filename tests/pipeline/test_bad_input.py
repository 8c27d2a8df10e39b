"""What a user may do wrong after a release: the release stays, the words help."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from pipelines.settings import PROJECT_ROOT
from tests.pipeline.conftest import Company
from tests.pipeline.runs import comparable, crossvoice, private, released


@pytest.fixture
def broken(company: Company, tmp_path: Path) -> Path:
    """A copy of the released company, to be spoilt."""
    home = tmp_path / "home"
    shutil.copytree(company.home, home, symlinks=True)
    return home


def program_with(tmp_path: Path, change) -> Path:
    """The demo program, changed, in a folder of its own."""
    yaml = YAML()
    declared = yaml.load((PROJECT_ROOT / "programs" / "demo" / "program.yaml").read_text())
    change(declared)
    folder = tmp_path / "program"
    folder.mkdir()
    yaml.dump(declared, folder / "program.yaml")
    return folder


def source(declared: dict, name: str) -> dict:
    return next(s for s in declared["sources"] if s["name"] == name)


def test_missing_required_file_stops_publication_but_not_the_other_sources(broken: Path) -> None:
    before = comparable(broken)
    (broken / "company" / "hr" / "units.csv").unlink()
    (broken / "company" / "survey" / "extra.csv").write_text("not a survey\n")
    ended = crossvoice(broken, "run", "--program", "demo", "--force")
    assert ended.code == 1
    assert "Source hr_units finds no file." in ended.output
    assert "mend:" in ended.output
    assert "Traceback" not in ended.output
    assert "The last release is untouched" in ended.output
    after = comparable(broken)
    assert all(frame.equals(after[name]) for name, frame in before.items())
    assert "STALE" in crossvoice(broken, "status", "--program", "demo").output


def test_renamed_column_names_the_closest_one(broken: Path) -> None:
    path = broken / "company" / "feedback" / "feedback_2025-03.csv"
    path.write_text(path.read_text().replace("customer_id", "customer_no", 1))
    ended = crossvoice(broken, "run", "--program", "demo")
    assert ended.code == 1
    assert "no column 'customer_id'; close: 'customer_no'" in ended.output
    assert "feedback_2025-03.csv" in ended.output
    assert "Traceback" not in ended.output


def test_optional_source_that_fails_is_published_as_stale(broken: Path, tmp_path: Path) -> None:
    def optional(declared: dict) -> None:
        source(declared, "survey_invitations")["required"] = False

    program = program_with(tmp_path, optional)
    (broken / "company" / "survey" / "invitations.csv").write_text("")
    ended = crossvoice(broken, "run", "--program", str(program))
    assert ended.code == 0, ended.output
    assert "stale: survey_invitations" in ended.output
    assert released(broken)["publication"]["stale_sources"][0] == "survey_invitations"
    assert private(broken, "from raw.invitations").height > 0


def test_a_mistake_in_the_program_is_shown_with_its_line(tmp_path: Path) -> None:
    def mistake(declared: dict) -> None:
        declared["privacy"]["thresholds"]["employee"] = 2
        source(declared, "customer_feedback")["columns"]["chanel"] = "channel"

    program = program_with(tmp_path, mistake)
    ended = crossvoice(tmp_path / "home", "run", "--program", str(program))
    assert ended.code == 2
    assert "program.yaml" in ended.output
    assert "employee" in ended.output
    assert "chanel" in ended.output
    assert "Traceback" not in ended.output
    assert not (tmp_path / "home").exists()


def test_too_many_rejects_stop_the_source(broken: Path) -> None:
    path = broken / "company" / "feedback" / "feedback_2025-04.csv"
    lines = path.read_text().splitlines(keepends=True)
    spoilt = [line.replace(",nps,", ",nps,9", 1) for line in lines]
    path.write_text("".join(spoilt))
    ended = crossvoice(broken, "run", "--program", "demo")
    assert ended.code == 1
    assert "out_of_scale in column 'score'" in ended.output
    assert "its limit is 5.0%" in ended.output
