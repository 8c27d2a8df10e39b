"""The guide "ten minutes", word for word, and what else its company shows of names without a unit:
listed with their weight, approved by a person only, and a rise of them stops a run.
"""

from __future__ import annotations

import csv
import json
import os
import re
import runpy
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipelines.settings import PROJECT_ROOT
from tests.pipeline.runs import Ended, comparable, crossvoice, private
from tests.pipeline.test_guide import BLOCK, settled

GUIDE = PROJECT_ROOT / "docs" / "guides" / "ten-minutes.md"
COUNTS = re.compile(r"(done +)\d+/\d+ tables.*")
"""How much each stage made: counted in the tests of the stages."""


def lines_of(text: str, home: Path) -> list[str]:
    """Output without what differs from run to run."""
    lines = [line.replace("./my_program", "my_program") for line in settled(text, home)]
    return [COUNTS.sub(r"\1COUNTS", line) for line in lines]


def shows(expected: list[str], found: list[str]) -> bool:
    """Whether the output is as shown; a line `...` stands for any lines."""
    if not expected:
        return not found
    if expected[0] == "...":
        return any(shows(expected[1:], found[i:]) for i in range(len(found) + 1))
    return bool(found) and expected[0] == found[0] and shows(expected[1:], found[1:])


def called(command: str, folder: Path) -> str:
    """What a command prints: ours in this process, as the guide before shows them in one of their
    own; others as they are."""
    words = shlex.split(command.removeprefix("$ "))
    if words[0].endswith("crossvoice"):
        ended = crossvoice(folder / "var" / "my_program", *words[1:])
        assert ended.code == 0, ended.output
        return ended.stdout
    return subprocess.run(
        [sys.executable, *words[1:]], capture_output=True, text=True, cwd=folder, check=True
    ).stdout


@dataclass
class Followed:
    """A folder in which the guide was followed, what its commands printed, and asides."""

    folder: Path
    shown: list[tuple[str, list[str], list[str]]] = field(default_factory=list)
    program: dict[str, tuple[str, str]] = field(default_factory=dict)
    asides: dict[str, str] = field(default_factory=dict)

    def call(self, command: str, *arguments: str) -> Ended:
        folder = str(self.folder / "my_program")
        return crossvoice(self.home, command, "--program", folder, *arguments)

    @property
    def home(self) -> Path:
        return self.folder / "var" / "my_program"

    @property
    def approved(self) -> Path:
        return self.folder / "my_program" / "aliases.csv"


def before_approval(followed: Followed) -> Iterator[tuple[str, str]]:
    """What a reader of the guide may try between the list of names and their approval."""
    assert not followed.approved.exists()  # a proposal is never applied
    yield "status", followed.call("status").output
    for name, unit in (("Harbor Mall", "S9"), ("Nowhere", "West End")):
        ended = followed.call("aliases", "--approve", f"{name}={unit}")
        assert ended.code == 2
        yield name, ended.output
    spelt = ("--approve", "harbor  mall=HARBOUR mall", "--by", "Ada")
    yield "spelt", followed.call("aliases", *spelt).output
    yield "waiting", followed.call("aliases").output
    followed.approved.unlink()


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Followed:
    folder = tmp_path_factory.mktemp("guide")
    blocks = BLOCK.findall(GUIDE.read_text("utf-8"))
    (folder / "docs" / "guides").mkdir(parents=True)
    shutil.copy(PROJECT_ROOT / "docs" / "guides" / "ten_minutes_files.py", folder / "docs/guides")
    written = {name: text for kind, name, text in blocks if kind == "yaml"}
    found, before = Followed(folder), Path.cwd()
    os.chdir(folder)
    try:
        for text in (text for kind, _, text in blocks if kind == "console"):
            command, _, expected = text.partition("\n")
            printed = lines_of(called(command, folder), folder)
            found.shown.append((command, lines_of(expected, folder), printed))
            if " init " in command:
                found.program = {
                    name: ((folder / name).read_text("utf-8"), text)
                    for name, text in written.items()
                }
            if command.endswith("aliases --program my_program"):
                found.asides |= dict(before_approval(found))
    finally:
        os.chdir(before)
    found.asides["used"] = found.call("aliases").output
    found.asides["table"] = found.approved.read_text()
    return found


def test_every_command_prints_what_the_guide_shows(followed: Followed) -> None:
    assert len(followed.shown) == 7
    for command, wanted, found in followed.shown:
        assert shows(wanted, found), f"{command}\n" + "\n".join(found)
    assert followed.program
    for found, wanted in followed.program.values():
        assert found == wanted


def test_a_name_is_approved_only_for_a_unit_and_if_it_is_unmatched(followed: Followed) -> None:
    told = followed.asides
    assert "1,440 answers and scores: 93.8% reach a unit, 6.2% no unit" in told["status"]
    assert "not matched: 3 names, see `crossvoice aliases`" in told["status"]
    assert "There is no location 'S9'; nothing was approved." in told["Harbor Mall"]
    assert "'Nowhere' is not among the names" in told["Nowhere"]
    known = told["Nowhere"].split("one of: ")[1].strip().split(", ")
    assert sorted(known) == ["Harbor Mall", "Kings Cross Sq.", "Westend"]
    assert "'Harbor Mall' = Harbour Mall" in told["spelt"]
    assert "approved as Harbour Mall; the next run uses it" in told["waiting"]
    assert told["used"] == "Every name of both voices found its unit.\n"
    table = told["table"].splitlines()
    assert table[0] == "alias_level,alias,unit_ref,approved_by,approved_at"
    assert table[1].startswith("location,Harbor Mall,Harbour Mall,me,20")


def rewrite(folder: Path) -> dict[str, str]:
    """A quarter of the stores written otherwise in tickets, one in the HR list; stores have codes.

    Returns the codes by name of store.
    """
    files = runpy.run_path(str(folder / "docs" / "guides" / "ten_minutes_files.py"))
    stores, names = files["STORES"], files["OTHER_NAMES"]
    names |= {store: f"Zzz {n}{n}{n}" for n, store in enumerate(stores[8:20])}
    names["Island Park"], stores[-1] = "Iland Park", "Store 13"
    files["main"](folder / "my_files")
    codes = {store: f"S{n}" for n, store in enumerate([*stores[:-1], "Store 12"])}
    with (folder / "my_files" / "stores.csv").open("w", newline="") as file:
        csv.writer(file).writerows([("Store", "Region"), *((c, s) for s, c in codes.items())])
    return codes


def test_a_rise_of_unmatched_names_stops_the_run(followed: Followed) -> None:
    home, program = followed.home, followed.folder / "my_program" / "program.yaml"
    codes = rewrite(followed.folder)
    by_name = "columns: {unit_ref: Store}"
    assert by_name in program.read_text()
    program.write_text(
        program.read_text().replace(by_name, "columns: {unit_ref: Store, unit_name: Region}")
    )
    table = followed.approved.read_text()
    for name in ("Harbour Mall", "King's Cross", "West End"):
        table = table.replace(f",{name},", f",{codes[name]},")
    followed.approved.write_text(table)

    before = comparable(home)
    ended = followed.call("run")
    assert ended.code == 1
    assert "has risen since the last release" in ended.output
    assert "The last release is untouched" in ended.output
    after = comparable(home)
    assert all(frame.equals(after[name]) for name, frame in before.items())
    tickets = [json.loads(line) for line in (followed.folder / "my_files/tickets.jsonl").open()]
    known = {*codes, "Harbor Mall", "Kings Cross Sq.", "Westend"}
    reached = private(home, "select sum(n_rows_in_unit) from marts.attribution_summary"
                            " where voice = 'customer'")  # fmt: skip
    assert reached.item() == sum(t["store"] in known for t in tickets)

    listed = followed.call("aliases", "--limit", "99").output
    assert "employee side: 1 name, 8 employees behind it" in listed
    assert re.search(r"'Store 13': 8 employees\n +no name is like it", listed)  # not Store 12
    assert re.search(r"'Iland Park': 30 events\n +0\.\d+  S8 \(Island Park\)", listed)
    near = followed.call("aliases", "--approve", "iland  park=island PARK").output
    assert "'Iland Park' = S8" in near  # by its name, whatever its code
