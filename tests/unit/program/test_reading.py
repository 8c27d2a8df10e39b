"""What program.yaml may be written like, and files that are no program."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.errors import ProgramError
from pipelines.program.reading import program_schema, read_program


def test_the_example_is_read(tmp_path, example):
    (tmp_path / "program.yaml").write_text(example)
    program = read_program(tmp_path)
    assert [s.name for s in program.sources] == ["survey", "tickets", "people", "identifiers"]
    assert program.sources[0].columns["wave"].column == "Wave"
    assert program.linkage.primary.pair_id == "engagement__nps"


def test_what_has_changed_is_read_again(tmp_path, example):
    """The text decides, not the time of the file: an edit within the same second counts."""
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        (folder / "program.yaml").write_text(example.replace("program:", "# program:", 1))
    first = read_program(tmp_path / "one")
    assert read_program(tmp_path / "one") is first
    assert read_program(tmp_path / "two").program == "two"
    changed = example.replace("max_rejected_share: 0.02", "max_rejected_share: 0.03")
    (tmp_path / "one" / "program.yaml").write_text(changed)
    assert read_program(tmp_path / "one").sources[0].max_rejected_share == 0.03
    (tmp_path / "one" / "program.yaml").write_text("{")
    for _ in range(2):  # a mistake is told each time
        with pytest.raises(ProgramError):
            read_program(tmp_path / "one")


FILES = {
    "empty": (b"", "program.yaml:1: the file is empty"),
    "blank": (b" \n\n", "program.yaml:1: the file is empty"),
    "comment": (b"# nothing\n", "program.yaml:1: found nothing at the top; allowed: keys such as "
                "program, title, time_zone, period"),
    "list": (b"- a\n", "program.yaml:1: found a list of 1 at the top; allowed: keys such as "
             "program, title, time_zone, period"),
    "text": (b"hello", "program.yaml:1: found 'hello' at the top; allowed: keys such as "
             "program, title, time_zone, period"),
    "tab": (b"a:\n\tb: 1", "program.yaml:2: column 1: a tab character; YAML wants spaces for "
            "indentation"),
    "latin-1": (b"a: 1\ntitle: Caf\xe9\n", "program.yaml:2: byte 0xe9 is not UTF-8"),
    "control": (b"a: 1\nb: \x00\n", "program.yaml:2: character U+0000 is not allowed in YAML"),
    "open": (b"a: [1, 2\n", "program.yaml:2: column 1: while parsing a flow sequence, expected "
             "',' or ']', but got '<stream end>'"),
    "deep": (b"a: " + b"[" * 1200, "program.yaml:1: values are nested too deeply"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_no_program(name, problems):
    content, expected = FILES[name]
    assert problems(content) == [expected]


@pytest.mark.parametrize("content", ["a: &a [*a]", "a: !x b", "? [a]\n: b", "<<: 3"])
def test_yaml_that_is_refused(content, problems):
    assert any(text.startswith("program.yaml:1: ") for text in problems(content))


def test_aliases_that_multiply_are_refused(problems):
    lines = ["a0: &a0 [1,1,1,1,1,1,1,1,1]"]
    lines += [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    assert "unfolds to more than" in problems("\n".join(lines))[0]


def test_merge_keys_share_a_mapping(example, problems):
    example = example.replace("scale: {min: 1, max: 5}", "scale: &five {min: 1, max: 5}")
    assert problems(example.replace("scale: {min: 0, max: 10}", "scale: {<<: *five, max: 9}")) == []


def test_codes_are_kept_as_written(tmp_path, example):
    text = example.replace("drop: [(all)]", "drop: [0012, 1.0, true]")
    (tmp_path / "program.yaml").write_text(text)
    program = read_program(tmp_path)
    assert program.sources[0].filters[0].drop == ["0012", "1.0", "true"]
    assert program.sources[0].missing == ["-", "99"]


def test_a_missing_file_is_told_with_what_is_there(tmp_path):
    (tmp_path / "program.yml").touch()
    for folder, expected in (
        (tmp_path, f"the folder {tmp_path} holds no program.yaml; it holds program.yml"),
        (tmp_path / "no", f"the folder {tmp_path / 'no'} does not exist"),
        (tmp_path / "program.yml", f"{tmp_path / 'program.yml'} is not a folder"),
    ):
        with pytest.raises(ProgramError) as caught:
            read_program(folder)
        assert caught.value.problems == [expected]


def test_every_key_of_the_schema_is_described():
    schema = program_schema()
    sections = {"Program": schema, **schema["$defs"]}
    bare = [
        f"{name}.{key}"
        for name, section in sections.items()
        for key, field in section["properties"].items()
        if not field.get("description")
    ]
    assert bare == []


def test_reading_imports_neither_orchestrator_nor_database():
    code = "import sys, pipelines.program.reading as r; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code],
        check=True, capture_output=True, text=True, cwd=Path(__file__).parents[3],
    ).stdout.split()  # fmt: skip
    assert not {"dagster", "duckdb", "great_expectations", "dbt"} & set(modules)
