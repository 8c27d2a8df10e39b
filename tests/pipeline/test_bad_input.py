"""What a user may do wrong after a release: the release stays, the words help."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from ruamel.yaml import YAML

from pipelines.settings import PROJECT_ROOT
from tests.pipeline.conftest import SmallCompany
from tests.pipeline.runs import comparable, crossvoice, released


@pytest.fixture
def broken(small_company: SmallCompany, tmp_path: Path) -> Path:
    """A copy of the released company, to be spoilt."""
    home = tmp_path / "home"
    shutil.copytree(small_company.home, home, symlinks=True)
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


def test_files_that_cannot_be_used_stop_publication_but_not_the_other_sources(broken: Path) -> None:
    before = comparable(broken)
    company = broken / "company"
    (company / "hr" / "units.csv").unlink()
    (company / "survey" / "extra.csv").write_text("not a survey\n")
    feedback = company / "feedback" / "feedback_2025-03.csv"
    feedback.write_text(feedback.read_text().replace("customer_id", "customer_no", 1))
    for answers in (company / "survey").glob("engagement_*.csv"):
        answers.write_text(answers.read_text().replace(",TRUE,", ",TRUE,9"))  # 5 becomes 95
    ended = crossvoice(broken, "run", "--program", "demo")
    assert ended.code == 1
    assert "Source hr_units finds no file." in ended.output
    assert "mend:" in ended.output
    assert "no column 'customer_id'; close: 'customer_no'" in ended.output
    assert "feedback_2025-03.csv" in ended.output
    assert "out_of_scale in column 'q01'" in ended.output
    assert "its limit is 5.0%" in ended.output
    assert "Traceback" not in ended.output
    assert "The last release is untouched" in ended.output
    after = comparable(broken)
    assert all(frame.equals(after[name]) for name, frame in before.items())
    assert "STALE" in crossvoice(broken, "status", "--program", "demo").output


READER = """
import duckdb, json, sys, time
from pathlib import Path
path, end = map(Path, sys.argv[1:])
select = "select count(*), sum(n_responses) from customer_unit_period_metrics"
held = duckdb.connect(str(path.resolve()), read_only=True)
first, seen = held.execute(select).fetchone(), {}
print("reading", flush=True)
while not end.exists():
    file = path.resolve()
    with duckdb.connect(str(file), read_only=True) as con:
        found = con.execute(select).fetchone()
    seen[file.parts[-3]] = seen.get(file.parts[-3], 0) + 1
    if not first == found == held.execute(select).fetchone():
        sys.exit(f"{first} became {found}")
    time.sleep(0.1)
print(json.dumps(seen))
"""
"""Reads the release again and again, by a connection kept open and by new ones, until told to end.

It rests between two looks, so as not to take half of the machine from the run it looks at.
"""


@pytest.fixture
def reader(broken: Path, tmp_path: Path) -> Iterator[Callable[[], dict[str, int]]]:
    """A process that reads the release; called, it ends and tells how often it read which."""
    database = broken / "published" / "current" / "cx" / "crossvoice.duckdb"
    process = subprocess.Popen(
        [sys.executable, "-c", READER, str(database), str(tmp_path / "end")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "reading\n"

    def end() -> dict[str, int]:
        (tmp_path / "end").touch()
        told, complaint = process.communicate()
        assert process.returncode == 0, complaint
        return json.loads(told)

    yield end
    process.kill()


def test_optional_source_that_fails_is_published_as_stale_while_readers_read(
    broken: Path, tmp_path: Path, reader: Callable[[], dict[str, int]]
) -> None:
    def optional(declared: dict) -> None:
        source(declared, "survey_invitations")["required"] = False

    before, link = comparable(broken), broken / "published" / "current"
    first = link.resolve()
    program = program_with(tmp_path, optional)
    (broken / "company" / "survey" / "invitations.csv").write_text("")
    ended = crossvoice(broken, "run", "--program", str(program))
    assert ended.code == 0, ended.output
    assert link.resolve() != first
    seen = reader()
    assert set(seen) <= {first.name, link.resolve().name}
    assert seen[first.name] > 10
    assert "stale: survey_invitations" in ended.output
    assert released(broken)["publication"]["stale_sources"][0] == "survey_invitations"
    after = comparable(broken)  # made of what was landed before
    assert before.keys() == after.keys()
    for name, frame in before.items():
        same = pl.all().exclude("config_hash")  # the program has changed
        assert frame.select(same).equals(after[name].select(same)), name


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
