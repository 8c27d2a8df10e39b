"""The command line without any data: help, schema, doctor, mistakes."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipelines.cli.main import main
from pipelines.settings import PROJECT_ROOT


def call(*arguments: str, env: dict | None = None):
    return CliRunner().invoke(main, list(arguments), env=env, catch_exceptions=False)


def test_help_lists_the_commands_in_the_order_people_need_them() -> None:
    output = call("--help").output
    order = [output.index(f"\n  {name} ") for name in ("check", "run", "status", "dev", "schema",
                                                       "doctor")]  # fmt: skip
    assert order == sorted(order)
    assert "Does employee satisfaction track customer satisfaction" in output


@pytest.mark.parametrize(
    "command",
    ["check", "run", "estimate", "status", "report", "explore", "dev", "schema", "doctor", "demo"],
)
def test_every_command_explains_itself(command: str) -> None:
    result = call(command, "--help")
    assert result.exit_code == 0
    assert len(result.output.splitlines()) > 3


def test_schema_is_json_schema_with_descriptions() -> None:
    schema = json.loads(call("schema").output)
    assert schema["properties"]["sources"]["type"] == "array"
    assert "description" in json.dumps(schema["properties"]["time_zone"]) or "$defs" in schema


def test_unknown_program_ends_with_code_2_and_names_the_known_ones(tmp_path: Path) -> None:
    result = call("run", "--program", "nowhere", env={"CROSSVOICE_HOME": str(tmp_path / "home")})
    assert result.exit_code == 2
    assert "There is no program 'nowhere'" in result.output
    known = (folder.parent.name for folder in (PROJECT_ROOT / "programs").glob("*/program.yaml"))
    assert ", ".join(sorted(known)) in result.output
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_demo_without_its_company_says_how_to_make_it(command: str, tmp_path: Path) -> None:
    result = call(command, "--program", "demo", env={"CROSSVOICE_HOME": str(tmp_path / "home")})
    assert result.exit_code == 2
    assert "generate it with `crossvoice demo`" in result.output
    assert not (tmp_path / "home").exists()


def test_doctor_finds_this_installation_well(tmp_path: Path) -> None:
    result = call("doctor", env={"CROSSVOICE_HOME": str(tmp_path)})
    assert "mend" not in result.output, result.output
    assert result.exit_code == 0


def test_doctor_says_what_to_mend(tmp_path: Path) -> None:
    secret = tmp_path / "keep" / "pseudonym_secret"
    secret.parent.mkdir()
    secret.write_text("0" * 64)
    secret.chmod(0o644)
    result = call("doctor", env={"CROSSVOICE_HOME": str(tmp_path)})
    assert result.exit_code == 1
    assert f"chmod 600 {secret}" in result.output


def test_status_before_the_first_run(tmp_path: Path) -> None:
    result = call("status", env={"CROSSVOICE_HOME": str(tmp_path)})
    assert result.exit_code == 0
    assert "nothing has been released yet" in result.output
    assert "not landed yet" in result.output


@pytest.mark.parametrize("command", ["run --program mine", "demo"])
def test_a_state_folder_that_cannot_be_written_is_said(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(PROJECT_ROOT / "programs" / "demo", tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    result = call(*command.split(), env={"CROSSVOICE_HOME": str(tmp_path / "file" / "home")})
    assert result.exit_code == 2
    assert str(tmp_path / "file" / "home") in result.output
    assert "mend:" in result.output
    assert "CROSSVOICE_HOME" in result.output


def test_check_names_every_source_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "company").mkdir()
    result = call("check", env={"CROSSVOICE_HOME": str(tmp_path)})
    assert result.exit_code == 2
    assert "Source hr_units finds no file." in result.output
    assert "Source customer_feedback finds no file." in result.output
    assert "Traceback" not in result.output


def test_public_data_that_are_not_there_are_named(tmp_path: Path) -> None:
    environment = {"CROSSVOICE_HOME": str(tmp_path), "CROSSVOICE_PUBLIC_DATA": None}
    result = call("check", "--program", "baltimore_schools", env=environment)
    assert result.exit_code == 2
    assert "needs CROSSVOICE_PUBLIC_DATA, which is not set" in result.output


@pytest.mark.parametrize("command", ["report", "explore"])
def test_before_the_first_release_there_is_nothing_to_show(command: str, tmp_path: Path) -> None:
    result = call(command, env={"CROSSVOICE_HOME": str(tmp_path)})
    assert result.exit_code == 2
    assert "Nothing has been released yet" in result.output
    assert "crossvoice run" in result.output


def test_check_names_a_label_of_no_text(tmp_path: Path) -> None:
    text = (PROJECT_ROOT / "programs" / "demo" / "program.yaml").read_text()
    labels = "report:\n  labels:\n    word.unitz: stores\n"
    assert "report:\n  labels:\n" in text
    text = text.replace("report:\n  labels:\n", labels)
    (tmp_path / "program.yaml").write_text(text)
    result = call("check", "--program", str(tmp_path), env={"CROSSVOICE_HOME": str(tmp_path)})
    assert result.exit_code == 2
    assert "word.unitz" in result.output
    assert "word.unit" in result.output


REJECTED = "Source scores would stop a run: it rejects 100.0% of the rows tried"


@pytest.mark.parametrize(
    ("records", "expected"),
    [("S1,72\nS2,64\n", REJECTED), ("S1,1,2\nS2,3,4\n", REJECTED),
     ("", "Source scores has a file without records")],
    ids=["out of scale", "without a shape", "none"],
)  # fmt: skip
def test_check_fails_where_a_run_would_stop(tmp_path: Path, records: str, expected: str) -> None:
    (tmp_path / "in.csv").write_text(f"store,score\n{records}")
    (tmp_path / "program.yaml").write_text(
        "program: small\nperiod: year\nstart: 2025-01-01\n"
        "metrics: [{id: csat, voice: customer, items: [score]}]\n"
        "sources:\n  - name: scores\n    table: unit_scores\n    location: in.csv\n"
        "    columns: {location_ref: store, period_ref: {value: '2025'}}\n"
        "    values: [{columns: [score], voice: customer, scale: {min: 1, max: 5}}]\n"
    )
    result = call("check", "--program", str(tmp_path), env={"CROSSVOICE_HOME": str(tmp_path)})
    assert result.exit_code == 2
    assert expected in result.output
    assert "mend:" in result.output


def test_check_says_how_to_mend_an_item_nobody_brings(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text("store,score\nS1,4\nS2,3\n")
    (tmp_path / "program.yaml").write_text(
        "program: small\nperiod: year\nstart: 2025-01-01\n"
        "metrics: [{id: csat, voice: customer, items: [scores]}]\n"
        "sources:\n  - table: unit_scores\n    location: in.csv\n"
        "    columns: {location_ref: store, period_ref: {value: '2025'}}\n"
        "    values: [{columns: [score], voice: customer, scale: {min: 1, max: 5}}]\n"
    )
    result = call("check", "--program", str(tmp_path), env={"CROSSVOICE_HOME": str(tmp_path)})
    assert result.exit_code == 2
    assert "metric csat: no source has the item scores; items read: score" in result.output
    assert "mend:  correct `items` of the metric" in result.output


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "There is no file of this name"),
        ("email:müller@example.org\n".encode("latin-1"), "is not UTF-8"),
        ("email:a@example.org\n".encode("utf-16"), "is not UTF-8"),
    ],
)
def test_who_is_to_be_forgotten_cannot_be_read(
    content: bytes | None, expected: str, tmp_path: Path
) -> None:
    path = tmp_path / "people.txt"
    if content is not None:
        path.write_bytes(content)
    result = call("forget", str(path), env={"CROSSVOICE_HOME": str(tmp_path / "home")})
    assert result.exit_code == 2
    assert expected in result.output
    assert "example.org" not in result.output


def test_several_people_may_be_given_at_once(tmp_path: Path) -> None:
    who = "\n".join(f"employe:P{i:05d}" for i in range(50))  # too long for the name of a file
    result = call("forget", who, env={"CROSSVOICE_HOME": str(tmp_path / "home")})
    assert result.exit_code == 2
    assert "line 1" in result.output
    assert "P00001" not in result.output


def test_too_small_a_demo_is_said_without_a_traceback(tmp_path: Path) -> None:
    words = ["demo", "--out", str(tmp_path / "company"), "--feedback-rows", "30"]
    ended = CliRunner().invoke(main, words, catch_exceptions=False)
    assert ended.exit_code != 0
    assert "too few" in ended.output
    assert "mend:" in ended.output
