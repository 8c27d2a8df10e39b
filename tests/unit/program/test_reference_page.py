"""docs/program.md: its example can be read, its tables are those of the models."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.program.reading import program_schema
from pipelines.program.reference import MARKER, filled

PAGE = Path(__file__).parents[3] / "docs" / "program.md"


def test_the_example_on_the_page_is_read(problems, example):
    (shown,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert shown == example
    assert problems(shown) == []


def test_the_message_on_the_page_is_what_the_reader_sees(problems, example):
    (shown,) = re.findall(
        r"```\nThe program has 2 mistakes:\n(.*?)```", PAGE.read_text(), re.DOTALL
    )
    changed = example.replace("customer: 5", "customer: 2", 1).replace(
        "    columns:\n      respondent", "    colums:\n      respondent", 1
    )
    assert [f"  - {text}" for text in problems(changed)] == shown.splitlines()


def test_the_tables_are_current():
    page = PAGE.read_text("utf-8")
    assert page == filled(page), "run: python -m pipelines.program.reference docs/program.md"


def test_every_section_has_a_table():
    sections = {name for _, name, _ in MARKER.findall(PAGE.read_text("utf-8"))}
    assert sections == {"Program", *program_schema()["$defs"]}
