"""The guide on sources: every example lands what the page shows."""

from __future__ import annotations

import datetime as dt
import re
import tempfile
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from pipelines.connectors.file import pull
from pipelines.contract import REJECT_REASONS
from pipelines.errors import SourceError
from pipelines.privacy.pseudonyms import Pseudonymizer
from pipelines.program.rules import ColumnMapping as Column
from pipelines.program.rules import Filter, IdentifierRule, Scale, ValueRule
from pipelines.program.source import Source
from pipelines.settings import PROJECT_ROOT
from tests.unit.connectors.homes import SECRET, Home, program

GUIDE = PROJECT_ROOT / "docs" / "guides" / "sources.md"
SECTION = re.compile(r"^## (.+?)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
BLOCK = re.compile(r"```(\w+)([^\n]*)\n(.*?)```", re.DOTALL)


def examples() -> list[tuple[str, str]]:
    """Sections of the guide with an example, by heading."""
    return [(h, text) for h, text in SECTION.findall(GUIDE.read_text()) if "```yaml" in text]


def blocks(section: str) -> list[tuple[str, list[str], str]]:
    return [(kind, words.split(), body) for kind, words, body in BLOCK.findall(section)]


def run(section: str, folder: Path) -> tuple[Home, str]:
    """Write the section's files, pull its last source, and return what is said."""
    sources: list[Source] = []
    others: dict[str, Any] = {}
    for kind, words, body in blocks(section):
        if kind in ("csv", "json"):
            path = folder / words[0]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body)
        elif kind == "yaml":
            others = YAML(typ="safe").load(body)
            sources = [Source.model_validate(source) for source in others.pop("sources")]
    home = Home(folder, sources[-1])
    try:
        whole = program(*sources, **others)
        pull(sources[-1], whole, home.settings, Pseudonymizer(SECRET, {}))
    except SourceError as error:
        return home, error.text().replace(f"{folder}/", "")
    return home, ""


def shown(home: Home, said: str, words: list[str]) -> str:
    """What a block of output shows: the message, or some columns of a landed table."""
    if words[0] == "message":
        return re.sub(r"home/landing/\S+", "home/landing/...", said) + "\n"
    frame = home.landed(words[0])
    rows = [words[1:]]
    for row in frame.select(words[1:]).rows():
        rows.append([_cell(cell) for cell in row])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _cell(cell: object) -> str:
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return "-" if cell is None else str(cell)


@pytest.mark.parametrize(("heading", "section"), examples(), ids=[h for h, _ in examples()])
def test_an_example_lands_what_the_page_shows(heading: str, section: str, tmp_path: Path) -> None:
    home, said = run(section, tmp_path)
    outputs = [(words, body) for kind, words, body in blocks(section) if kind == "text"]

    assert outputs, heading
    for words, body in outputs:
        assert shown(home, said, words) == body
    assert bool(said) == any(words[0] == "message" for words, _ in outputs)


def test_every_option_and_every_reason_is_explained() -> None:
    page = GUIDE.read_text()
    options = {
        name
        for model in (Source, Column, ValueRule, IdentifierRule, Filter, Scale)
        for name in model.model_fields
    }
    missing = [name for name in [*options, *REJECT_REASONS] if f"`{name}" not in page]
    assert missing == []


def filled() -> str:
    """The guide with the outputs its examples have now, for whoever changes one."""
    page = GUIDE.read_text()
    for _, section in examples():
        with tempfile.TemporaryDirectory() as folder:
            page = page.replace(section, _with_outputs(section, *run(section, Path(folder))))
    return page


def _with_outputs(section: str, home: Home, said: str) -> str:
    def output(block: re.Match) -> str:
        if block[1] != "text":
            return block[0]
        return f"```text{block[2]}\n{shown(home, said, block[2].split())}```"

    return BLOCK.sub(output, section)
